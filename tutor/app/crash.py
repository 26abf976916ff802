"""When the app itself fails: a sentence for the learner, and a log for whoever mends it."""

from __future__ import annotations

import platform
import sys
import traceback
from datetime import datetime
from pathlib import Path

from tutor.locale import _

FAILED = 2
"""Exit status of a process that ended so."""
KEPT = 10
"""Logs that are kept; older ones are removed."""


def crash_folder() -> Path:
    """Where the logs are: in the user's folder for state."""
    import platformdirs

    return platformdirs.user_state_path("torch-tutor")


def describe(error: BaseException) -> str:
    """What is known of ``error``: the versions, and where it came from. No values of variables, so no code of the
    learner's."""
    from importlib import metadata

    versions = []
    for name in ("torch-tutor", "textual", "rich", "watchfiles", "msgspec"):
        try:
            versions.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            versions.append(f"{name} ?")
    return "\n".join(
        [
            f"time    {datetime.now().astimezone().isoformat(timespec='seconds')}",
            f"python  {sys.version.splitlines()[0]}",
            f"system  {platform.platform()}",
            f"library {', '.join(versions)}",
            "",
            "".join(traceback.format_exception(error)),
        ]
    )


def write_log(error: BaseException) -> Path:
    """Write what is known of ``error`` to a file of its own.

    Raises:
        OSError: it cannot be written.
    """
    folder = crash_folder()
    folder.mkdir(parents=True, exist_ok=True)
    text = describe(error).encode("utf-8", "backslashreplace")
    while True:
        file = folder / f"crash-{datetime.now().astimezone():%Y%m%d-%H%M%S-%f}.log"
        try:
            with file.open("xb") as log:
                log.write(text)
        except FileExistsError:
            continue
        break
    for old in sorted(folder.glob("crash-*.log"), key=lambda log: log.stat().st_mtime_ns)[:-KEPT]:
        old.unlink(missing_ok=True)
    return file


def say(error: BaseException) -> int:
    """Tell the learner, on stderr, once the terminal is theirs again.

    Returns:
        The exit status for the process.
    """
    what = _printable(traceback.format_exception_only(error)[-1].strip().splitlines()[0])
    try:
        file = write_log(error)
    except OSError:
        print(_printable("".join(traceback.format_exception(error))), file=sys.stderr)
        said = _("The tutor itself failed ({error}). Your files and your progress are kept; start it again to go on.")
        print(said.format(error=what), file=sys.stderr)
        return FAILED
    said = _(
        "The tutor itself failed ({error}). Your files and your progress are kept; start it again to go on. "
        "What happened is written in {file}: please report it."
    )
    print(said.format(error=what, file=file), file=sys.stderr)
    return FAILED


def _printable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()

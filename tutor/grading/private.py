"""The private folder of the per-user server: where it is, that it is private, and how long a server stays.

A socket in a folder that others could write to might be answered by somebody else. Source: unix(7), flock(2).
"""

from __future__ import annotations

import contextlib
import os
import socket
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tutor.locale import _

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows has no such module
    fcntl = None  # type: ignore[assignment]

IDLE_MINUTES = 10.0
MOST_IDLE_MINUTES = 7 * 24 * 60.0
IDLE_VARIABLE = "TUTOR_IDLE_MINUTES"
MOST_PATH_BYTES = 107 if sys.platform == "linux" else 103
"""A longer path fits into no socket address: sun_path, less the zero at its end."""
LONGEST_NAME = "12345678-1234567890123456.sock"


class NoServer(Exception):
    """There can be no per-user server here. The text says why, and what would help; it may be empty."""


def idle_minutes() -> float:
    """Minutes without work after which a server leaves; 0: there is to be none.

    Raises:
        NoServer: the variable holds no number of minutes.
    """
    text = os.environ.get(IDLE_VARIABLE, "").strip()
    if not text:
        return IDLE_MINUTES
    try:
        minutes = float(text)
    except ValueError:
        minutes = -1.0
    if not 0 <= minutes <= MOST_IDLE_MINUTES:  # also false for NaN
        raise NoServer(
            _("{variable} is {value}: it is a number of minutes from 0, which means no server that stays, to {most}.")
            .format(variable=IDLE_VARIABLE, value=repr(text), most=int(MOST_IDLE_MINUTES))
        )  # fmt: skip
    return minutes


# The folder


def folder() -> Path:
    """The private folder of this user's servers, made where there is none.

    Raises:
        NoServer: the system has no such sockets, no folder can be made, or the one that is there is not private.
    """
    if fcntl is None or not hasattr(socket, "AF_UNIX"):
        raise NoServer("")
    trouble = ""
    for place in _places():
        if len(os.fsencode(place / LONGEST_NAME)) > MOST_PATH_BYTES:
            continue
        try:
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
        except FileExistsError:
            pass  # a file or a link: looked at below
        except OSError as error:
            trouble = str(error)
            continue
        _require_private(place)
        return place
    raise NoServer(_("No folder for the server's socket can be made: {reason}").format(reason=trouble))


def _places() -> Iterator[Path]:
    """Where the folder may be, the best place first. Folders of somebody else (after sudo, say) are none."""
    import platformdirs

    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if runtime and Path(runtime).is_absolute() and _is_own(Path(runtime)):
        yield Path(runtime) / "torch-tutor"
    cache = platformdirs.user_cache_path("torch-tutor")
    if _is_own(next((parent for parent in (cache, *cache.parents) if parent.exists()), cache)):
        yield cache / "run"
    yield Path(tempfile.gettempdir()).absolute() / f"torch-tutor-{os.geteuid()}"


def _is_own(place: Path) -> bool:
    try:
        return place.stat().st_uid == os.geteuid()
    except OSError:
        return False


def _require_private(place: Path) -> None:
    found = place.lstat()
    if not stat.S_ISDIR(found.st_mode):
        why = _("it is no folder")
    elif found.st_uid != os.geteuid():
        why = _("it belongs to somebody else")
    elif stat.S_IMODE(found.st_mode) & 0o077:
        why = _("others may look into it")
    else:
        return
    text = _("The server's socket cannot be in {folder}: {why}. Remove it, or set {variable}=0 to do without.")
    raise NoServer(text.format(folder=place, why=why, variable=IDLE_VARIABLE))


@contextlib.contextmanager
def alone(place: Path) -> Iterator[None]:
    """While this lasts nobody else makes or removes sockets in ``place``. Held for moments only."""
    fd = open_private(place / "lock")
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


def open_private(path: Path) -> int:
    """A file descriptor of ``path``, which nobody else may read; never through a link."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)


def try_lock(fd: int) -> bool:
    """Lock a file for as long as a descriptor of it is open; False where another process has it."""
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True

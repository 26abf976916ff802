"""The learner's settings: a small JSON file, read strictly, so that a slip of the pen is named and not ignored."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import msgspec
import platformdirs

from tutor.locale import LANGUAGES, _
from tutor.workspace import files
from tutor.workspace.errors import SettingsError


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the learner has chosen; every key may be left out.

    Raises:
        ValueError: a language that the tutor does not speak, or a relative folder.
    """

    language: str | None = None
    """One of ``tutor.locale.LANGUAGES``; ``None`` asks the environment."""
    workspace: Path | None = None
    """The folder of the learner's work, absolute (``~`` is understood); ``None`` is ``default_workspace()``."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Where to grade."""
    theme: str | None = None
    """The name of one of the app's themes; ``None`` is its own."""
    editor: str | None = None
    """``"builtin"``, or a command as a shell would take it; ``None`` asks ``$VISUAL`` and ``$EDITOR``."""
    keys: dict[str, str] = {}
    """Keys of the learner's own in the app: an action's id, and Textual's names of its keys, by commas."""

    def __post_init__(self) -> None:
        if self.language is not None and self.language not in LANGUAGES:
            raise ValueError(f"language {self.language!r} is none of {', '.join(LANGUAGES)}")
        if self.workspace is not None and not self.workspace.expanduser().is_absolute():
            raise ValueError(f"workspace {str(self.workspace)!r} is not an absolute path")


def default_workspace() -> Path:
    """Where the learner's work is unless they say otherwise: ``~/torch-tutor``."""
    return Path.home() / "torch-tutor"


def settings_file() -> Path:
    """Where the settings are: in the folder named by ``TUTOR_CONFIG``, or in the user's folder for settings."""
    folder = os.environ.get("TUTOR_CONFIG")
    return (Path(folder).expanduser() if folder else platformdirs.user_config_path("torch-tutor")) / "settings.json"


def load_settings() -> Settings:
    """The learner's settings; the defaults where there is no file.

    Raises:
        SettingsError: the file cannot be read, is not JSON, or holds an unknown key or an impossible value.
    """
    file = settings_file()
    try:
        return msgspec.json.decode(file.read_bytes(), type=Settings, dec_hook=_decode)
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise SettingsError(_broken(file, files.reason(error))) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SettingsError(_broken(file, str(error))) from error


def save_settings(settings: Settings) -> None:
    """Write ``settings``, in one step. A file that ``load_settings`` refuses is kept beside it, under a dated name.

    Raises:
        SettingsError: the file cannot be written, and is as it was.
    """
    # A linked file (a folder of dotfiles) is replaced where it really is, or the link would be lost.
    file = Path(os.path.realpath(settings_file()))
    content = msgspec.json.format(msgspec.json.encode(settings, enc_hook=str), indent=2) + b"\n"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        hidden = files.write_beside(file, content)
        try:
            if _is_broken():
                files.move_aside(file, file.parent, f"{file.name}.broken", "")
            hidden.replace(file)
        finally:
            files.discard(hidden)
    except OSError as error:
        raise SettingsError(
            _("{file} cannot be written ({reason}), so the choice holds until the tutor is closed.").format(
                file=file, reason=files.reason(error)
            )
        ) from error


def change_settings(change: Callable[[Settings], Settings]) -> None:
    """Write what ``change`` makes of the settings as they are now; another tutor that does the same waits meanwhile.

    Raises:
        SettingsError: they cannot be read, or not be written.
    """
    with _alone(settings_file().with_name("settings.lock")):
        before = load_settings()
        after = change(before)
        if after != before:
            save_settings(after)


@contextlib.contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Hold the lock ``file``. Where there can be none, go on without: two tutors seldom change settings at once."""
    descriptor = -1
    try:
        with contextlib.suppress(OSError):
            file.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        if descriptor >= 0:
            os.close(descriptor)


def _is_broken() -> bool:
    try:
        load_settings()
    except SettingsError:
        return True
    return False


def _decode(kind: type, value: Any) -> Path:
    if kind is Path and isinstance(value, str):
        return Path(value).expanduser()
    raise TypeError(f"a {kind.__name__} is expected")


def _broken(file: Path, why: str) -> str:
    return _("{file} cannot be used: {reason}. Correct it, or move it away to go on with the defaults.").format(
        file=file, reason=why.rstrip(".")
    )

"""What was typed in the tutor and not saved yet, kept so that neither a crash nor a closed terminal loses it."""

from __future__ import annotations

import contextlib
import fcntl
import os
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from tutor.workspace import files


class Unsaved(NamedTuple):
    """Text that a process left behind."""

    content: bytes
    when: datetime
    """When it was written, in local time."""
    file: Path
    """Where it is kept."""


class UnsavedFolder:
    """A folder with one file for each process and exercise. Who finds a file asks whether the process still lives.

    Process numbers would not do: a container begins with the same ones each time, and a home folder may be shared by
    machines. So each process holds a lock on a file of its own for as long as it lives.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._token = os.urandom(8).hex()
        self._lock: int | None = None

    def save(self, place: Path, content: bytes) -> None:
        """Keep ``content`` for the exercise at ``place``, in one step.

        Raises:
            OSError: it cannot be written.
        """
        self._hold_lock()
        file = self._file(place)
        file.parent.mkdir(parents=True, exist_ok=True)
        hidden = files.write_beside(file, content)
        try:
            hidden.replace(file)
        finally:
            files.discard(hidden)

    def drop(self, place: Path) -> None:
        """Nothing of this process is unsaved at ``place`` any more."""
        files.discard(self._file(place))
        if self._lock is not None and not self._has_left(self._token):
            files.discard(self._lock_file(self._token))
            os.close(self._lock)
            self._lock = None

    def left(self, place: Path, saved: bytes | None) -> Unsaved | None:
        """The newest text at ``place`` of a process that has ended; those that equal ``saved`` are removed."""
        found: list[Unsaved] = []
        for file in (self.folder / place.parent).glob(f"{place.stem}-*.py"):
            token = file.stem.removeprefix(f"{place.stem}-")
            if token == self._token or "-" in token or self._lives(token):
                continue
            try:
                left = Unsaved(file.read_bytes(), datetime.fromtimestamp(file.stat().st_mtime).astimezone(), file)
            except OSError:  # another tutor has just settled it
                continue
            if left.content == saved:
                self.forget(left)
            else:
                found.append(left)
        return max(found, key=lambda left: left.when, default=None)

    def forget(self, unsaved: Unsaved) -> None:
        """Remove it, and the lock of the process that left it."""
        files.discard(unsaved.file)
        token = unsaved.file.stem.rpartition("-")[2]
        if not self._has_left(token):
            files.discard(self._lock_file(token))

    def _has_left(self, token: str) -> bool:
        return any(self.folder.glob(f"**/*-{token}.py"))

    def _file(self, place: Path) -> Path:
        return self.folder / place.parent / f"{place.stem}-{self._token}.py"

    def _lock_file(self, token: str) -> Path:
        return self.folder / f"{token}.lock"

    def _hold_lock(self) -> None:
        if self._lock is not None:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = os.open(self._lock_file(self._token), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with contextlib.suppress(OSError):  # some network folders know no locks: then it is offered while we live
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _lives(self, token: str) -> bool:
        try:
            lock = os.open(self._lock_file(token), os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return False
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            return False
        finally:
            os.close(lock)
        return False

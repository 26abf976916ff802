"""Which tutors have a folder open: each holds a lock on one file in it for as long as it lives."""

from __future__ import annotations

import contextlib
import fcntl
import os
from pathlib import Path


class Presence:
    """One tutor at a folder. The system takes the lock back when the process ends, however it ends."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._descriptor: int | None = None

    def enter(self) -> bool:
        """Be there from now on; whether another tutor was there already.

        Where locks cannot be had (a read-only folder, an odd file system), nobody is seen, and nobody minds.
        """
        if self._descriptor is not None:
            return False
        try:
            descriptor = self._descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                alone = True
            except BlockingIOError:
                alone = False
            # Shared: those who come later see that somebody is there, and all may be there together.
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return False
        return not alone

    def leave(self) -> None:
        """Be there no longer; harmless when done before."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

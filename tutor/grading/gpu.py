"""The GPU: whether there is one, and whose turn it is. Nothing here touches CUDA in the server's own process."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
from pathlib import Path

SHARE = "TUTOR_SHARE_GPU"
"""Environment variable: set to 1, runs of several tutors use the GPU at once."""


def has_cuda() -> bool:
    """Whether torch sees a GPU; asked in a process that is thrown away, so that this one never touches CUDA."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.environ["PYTORCH_NVML_BASED_CUDA_CHECK"] = "1"
            import torch

            status = 0 if torch.cuda.is_available() else 1
        finally:
            os._exit(status)
    _, code = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(code) == 0


class Turn:
    """Which of all tutors on this machine may use the GPU now: a lock that is gone with its holder."""

    def __init__(self, folder: Path) -> None:
        visible = re.sub(r"[^A-Za-z0-9-]", "_", os.environ.get("CUDA_VISIBLE_DEVICES", "all"))[:64]
        self._path = folder / f"tutor-gpu-{visible}.lock"
        self._held: int | None = None

    def take(self) -> bool:
        """It is ours now; False where another tutor has it. A folder in which no lock can be made keeps nobody out."""
        if self._held is not None or os.environ.get(SHARE) == "1":
            return True
        try:
            # Not O_CREAT at once: in a folder that everybody may write to, another's file may not be opened so.
            try:
                fd = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
            except FileNotFoundError:
                fd = os.open(self._path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
        except OSError:
            return True
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(fd)
            return False
        self._held = fd
        return True

    def give_back(self) -> None:
        """Another's turn. Safe to call when it is not ours."""
        if self._held is not None:
            with contextlib.suppress(OSError):
                os.close(self._held)
            self._held = None

"""Confinement of one process: limits, no privileges, and what a box may do with files. Linux only; elsewhere little.

The larger steps have rooms of their own: ``namespaces``, ``tree``, ``landlock``. ``tutor doctor`` explains the names.
Sources: prctl(2), setrlimit(2), capabilities(7).
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from tutor.grading import kernel, landlock, seccomp
from tutor.grading.tree import FOLDER, Tree

try:
    import resource
except ImportError:  # pragma: no cover - Windows has no such module
    resource = None  # type: ignore[assignment]

MOST_FILE_BYTES = 256 * 2**20
RESERVE_BYTES = 64 * 2**20


@dataclass
class Fence:
    """What keeps a box to itself, as far as the system has it: made by the server, taken on by each box."""

    base: Path
    """Folder of the boxes' folders."""
    tree: Tree | None = None
    rules: landlock.Rules | None = None
    """For boxes without a tree."""
    landlock: bool = False
    """Boxes are held to their tree, or to the rules, by Landlock."""
    calls: bool = False
    """System calls that nobody honest makes are refused."""

    def inside(self, folder: Path) -> Path:
        """What a box calls its folder."""
        return FOLDER if self.tree is not None else folder

    def take_on(self, folder: Path) -> None:
        """In a box, before anything of a submission runs."""
        if self.tree is not None:
            self.tree.enter()
        limit_files()
        if kernel.LINUX:
            with contextlib.suppress(OSError):
                kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
            if self.landlock and self.tree is not None:
                landlock.restrict_to_tree(FOLDER)
            elif self.rules is not None:
                second = landlock.own_folder_only(folder, self.base)
                self.rules.restrict()
                second.restrict()
            with contextlib.suppress(OSError):
                kernel.drop_capabilities()
            if self.calls:
                seccomp.refuse_calls()


def die_with_parent() -> None:
    """Be killed when the parent ends. The parent must have one thread: the kernel means the thread, not the process."""
    if kernel.LINUX:
        with contextlib.suppress(OSError):
            kernel.prctl(kernel.PR_SET_PDEATHSIG, 9)


def become_subreaper() -> None:
    """Inherit orphans, so that a daemon started by a submission can be found and ended."""
    if kernel.LINUX:
        with contextlib.suppress(OSError):
            kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)


def hide_memory() -> None:
    """Let no process of the same user read this one's memory through /proc or ptrace."""
    if kernel.LINUX:
        with contextlib.suppress(OSError):
            kernel.prctl(kernel.PR_SET_DUMPABLE, 0)


def _data_bytes() -> int:
    """Bytes that count for RLIMIT_DATA now: private writable memory of this process."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmData:"):
            return int(line.split()[1]) * 1024
    return 0


def limit_memory(megabytes: int) -> None:
    """This process may take ``megabytes`` more than it has.

    RLIMIT_DATA and not RLIMIT_AS: the latter also counts the address space that CUDA reserves, and breaks it.
    """
    if kernel.LINUX:
        with contextlib.suppress(ValueError, OSError):
            limit = _data_bytes() + megabytes * 2**20
            resource.setrlimit(resource.RLIMIT_DATA, (limit, limit + RESERVE_BYTES))


def free_reserve() -> None:
    """Allow this process a little more, so that it can say what happened when memory ran out."""
    if kernel.LINUX:
        with contextlib.suppress(ValueError, OSError):
            _, hard = resource.getrlimit(resource.RLIMIT_DATA)
            resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))


def limit_files() -> None:
    """No core dumps, and no file over 256 MiB."""
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_FILE_BYTES, MOST_FILE_BYTES))

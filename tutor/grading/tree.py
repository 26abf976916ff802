"""A box's own file tree: libraries to read, a folder of its own to write, and nothing else of the machine.

The server lays the tree out once, read-only, in its mount namespace. Each box takes a copy of that namespace, mounts
what is its own on it (its folder, shared memory, a /proc that shows its own processes), and makes it its root. Whatever
a submission writes is memory that is gone with its last process: there is nothing to clear up.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path

from tutor.grading import kernel, places

FOLDER = Path("/submission")
"""Where a submission finds itself, and may write."""
FOLDER_BYTES = 256 * 2**20
SHARED_BYTES = 256 * 2**20
"""Bytes of /dev/shm, through which the workers of a DataLoader and the ranks of a group exchange tensors."""
MOST_FILES = 10_000
_LINKS = {"fd": "/proc/self/fd", "stdin": "/proc/self/fd/0", "stdout": "/proc/self/fd/1", "stderr": "/proc/self/fd/2"}
_MOST_LINKS = 40


class Tree:
    """The layout that every box starts from."""

    def __init__(self, base: Path, hidden: Sequence[Path]) -> None:
        """Lay it out in ``base``. Raises OSError where the system refuses a step.

        Args:
            base: a folder that belongs to the server alone.
            hidden: folders that no box may see, wherever they lie.
        """
        self.root = base / "tree"
        self.root.mkdir(mode=0o755)
        kernel.mount("tmpfs", self.root, "tmpfs", kernel.MS_NOSUID, "size=16m,mode=0755")
        try:
            self._lay_out([path.resolve() for path in hidden])
        except OSError:
            with contextlib.suppress(OSError):
                kernel.detach(self.root)
            raise

    def _lay_out(self, hidden: Sequence[Path]) -> None:
        for path in places.outermost(places.libraries()):
            self._show(path)
        for path in hidden:
            self._cover(path)
        for name in ("proc", "dev", FOLDER.name):
            self._inside(Path("/") / name).mkdir()
        # For where no /proc of the box's own can be mounted.
        kernel.bind(Path("/proc"), self.root / "proc")
        kernel.set_mount_attributes(self.root, kernel.MS_RDONLY | kernel.MS_NOSUID)
        self._make_devices()
        if not (self.root / "tmp").exists():
            # TMPDIR says the same, but not everyone asks. (It exists where Python itself lives there.)
            (self.root / "tmp").symlink_to(FOLDER)
        kernel.set_mount_attributes(self.root, kernel.MS_RDONLY | kernel.MS_NOSUID)

    def _inside(self, path: Path) -> Path:
        return self.root / path.relative_to("/")

    def _show(self, path: Path) -> None:
        """Show ``path`` where it is, with the links on the way to it."""
        for _ in range(_MOST_LINKS):
            link = next((part for part in (*reversed(path.parents), path) if part.is_symlink()), None)
            if link is None:
                break
            inside = self._inside(link)
            inside.parent.mkdir(parents=True, exist_ok=True)
            if not inside.is_symlink() and not inside.exists():
                inside.symlink_to(link.readlink())
            path = Path(os.path.normpath(link.parent / link.readlink())) / path.relative_to(link)
        inside = self._inside(path)
        if inside.exists():
            return  # it lies in what is shown already
        if path.is_dir():
            inside.mkdir(parents=True, exist_ok=True)
        else:
            inside.parent.mkdir(parents=True, exist_ok=True)
            inside.touch()
        kernel.bind(path, inside)

    def _cover(self, path: Path) -> None:
        """Lay something empty over a folder or file, if the tree shows it."""
        inside = self._inside(path)
        if inside.is_dir():
            kernel.mount("tmpfs", inside, "tmpfs", 0, "size=4k,mode=0755")
        elif inside.exists():
            kernel.bind(Path("/dev/null"), inside)

    def _make_devices(self) -> None:
        folder = self.root / "dev"
        kernel.mount("tmpfs", folder, "tmpfs", kernel.MS_NOSUID, "size=64k,mode=0755")
        for device in places.devices():
            inside = self._inside(device)
            inside.parent.mkdir(exist_ok=True)
            inside.touch()
            kernel.bind(device, inside)
        for name, target in _LINKS.items():
            (folder / name).symlink_to(target)
        (folder / "shm").mkdir()

    def enter(self) -> None:
        """In a box: make the tree the root, with a folder, shared memory and a /proc of its own. Raises OSError."""
        kernel.unshare(kernel.CLONE_NEWNS)
        own = kernel.MS_NOSUID | kernel.MS_NODEV
        size = f"size={FOLDER_BYTES},nr_inodes={MOST_FILES},mode=0700"
        kernel.mount("tmpfs", self._inside(FOLDER), "tmpfs", own, size)
        size = f"size={SHARED_BYTES},nr_inodes={MOST_FILES},mode=1777"
        kernel.mount("tmpfs", self.root / "dev" / "shm", "tmpfs", own, size)
        with contextlib.suppress(OSError):
            kernel.mount("proc", self.root / "proc", "proc", own | kernel.MS_RDONLY | kernel.MS_NOEXEC)
        kernel.change_root(self.root)
        with contextlib.suppress(OSError):
            # Segments of System V's shared memory outlive their processes, but not their namespace.
            kernel.unshare(kernel.CLONE_NEWIPC)
        os.chdir(FOLDER)


def lay_out(base: Path, hidden: Sequence[Path]) -> Tree | None:
    """None where the system refuses; tried by entering it in a process that is thrown away."""
    try:
        tree = Tree(base, hidden)
    except OSError:
        return None
    pid = os.fork()
    if pid == 0:
        status = 1
        with contextlib.suppress(OSError):
            tree.enter()
            status = 0
        os._exit(status)
    _, code = os.waitpid(pid, 0)
    return tree if code == 0 else None

"""Landlock: which files a box may touch, kept by the kernel. Source: landlock(7)."""

from __future__ import annotations

import contextlib
import ctypes
import os
from collections.abc import Sequence
from pathlib import Path

from tutor.grading import kernel, places

_CREATE, _ADD, _RESTRICT = 444, 445, 446

# The rights by the number of their bit; each version of the interface knows more of them.
READ = 0b1 | 0b100 | 0b1000  # execute, read a file, list a folder
_WRITE_FILE, _TRUNCATE = 1 << 1, 1 << 14
_FILE_ONLY = 0b1 | 0b10 | 0b100 | _TRUNCATE | (1 << 15)
_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
_SCOPES = 0b11
"""From version 6 on: no abstract sockets and no signals to processes that are not held to the same rules."""


class _Attributes(ctypes.Structure):
    _fields_ = (
        ("handled_access_fs", ctypes.c_uint64),
        ("handled_access_net", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


def version() -> int:
    """The version of the kernel's Landlock interface. Raises OSError where there is none."""
    return kernel.syscall(_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(1))


def works() -> bool:
    """The kernel has it, and it is on."""
    try:
        return version() >= 1
    except OSError:
        return False


class Rules:
    """A ruleset: prepared by the server and taken on by each box."""

    def __init__(self, *, handled: int | None = None, scoped: bool = True) -> None:
        """``handled``: rights that are refused wherever no rule gives them; by default all. Raises OSError."""
        abi = version()
        self.rights = _RIGHTS[min(abi, 5)]
        self._handled = self.rights if handled is None else handled & self.rights
        attributes = _Attributes(self._handled, 0, _SCOPES if scoped and abi >= 6 else 0)
        # Older kernels take a shorter structure, and a longer one too if the rest is zero.
        self.fd = kernel.syscall(
            _CREATE, ctypes.byref(attributes), ctypes.c_size_t(ctypes.sizeof(attributes)), ctypes.c_uint32(0)
        )

    def allow(self, path: Path, rights: int | None = None) -> None:
        """Allow ``rights`` (by default all) at and below ``path``; a path that does not exist is passed over."""
        try:
            fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            return
        try:
            wanted = self._handled if rights is None else rights & self._handled
            if not path.is_dir():
                wanted &= _FILE_ONLY
            rule = _PathBeneath(wanted, fd)
            with contextlib.suppress(OSError):
                kernel.syscall(_ADD, ctypes.c_int(self.fd), ctypes.c_int(1), ctypes.byref(rule), ctypes.c_uint32(0))
        finally:
            os.close(fd)

    def restrict(self) -> None:
        """From now on this process and its children are held to the rules. Raises OSError."""
        kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
        kernel.syscall(_RESTRICT, ctypes.c_int(self.fd), ctypes.c_uint32(0))


def rules(base: Path, hidden: Sequence[Path]) -> Rules | None:
    """What every box without a file tree of its own may touch; None where the kernel has no Landlock.

    Args:
        base: folder of the boxes' folders; each box is held to its own by ``own_folder_only``.
        hidden: folders that no box may read.
    """
    try:
        made = Rules()
    except OSError:
        return None
    away = [path.resolve() for path in hidden]
    for root in places.libraries():
        for part in _without(root.resolve(), away):
            made.allow(part, READ)
    made.allow(base)
    made.allow(Path("/proc"), READ)
    for device in (*places.devices(), Path("/dev/shm")):
        made.allow(device)
    return made


def restrict_to_tree(folder: Path) -> None:
    """In a box that has entered a file tree of its own: all of it may be read, ``folder`` and /dev written.

    The rules are made here and not by the server: a rule for a folder does not hold for what is mounted on it later.
    Raises OSError.
    """
    made = Rules()
    made.allow(Path("/"), READ)
    made.allow(folder)
    made.allow(Path("/dev"))
    made.restrict()


def own_folder_only(folder: Path, base: Path) -> Rules:
    """For a box without a file tree of its own: of all boxes' folders only its own may be touched.

    A second layer, because ``rules`` are shared by all boxes; made before they hold, because it lists folders that they
    hide. Raises OSError.
    """
    second = Rules(scoped=False)
    for entry in Path("/").iterdir():
        _allow_without(second, entry, base)
    second.allow(folder)
    return second


def _allow_without(layer: Rules, path: Path, base: Path) -> None:
    """Leave everything to the first layer, but for the boxes' folders."""
    if path == base:
        return
    if base.is_relative_to(path):
        with contextlib.suppress(OSError):
            for entry in path.iterdir():
                _allow_without(layer, entry, base)
    elif not path.is_symlink():
        layer.allow(path)


def _without(root: Path, hidden: Sequence[Path]) -> list[Path]:
    """``root``, or what of it remains without ``hidden``: each rule covers a whole tree, so trees are split."""
    if any(root == path or root.is_relative_to(path) for path in hidden):
        return []
    if not any(path.is_relative_to(root) for path in hidden):
        return [root]
    parts: list[Path] = []
    with contextlib.suppress(OSError):
        for entry in sorted(root.iterdir()):
            if not entry.is_symlink():
                parts += _without(entry, hidden)
    return parts

"""Calls of the Linux kernel that Python has no name for, through ctypes. Each raises OSError where it is refused.

Sources: unshare(2), setns(2), mount(2), mount_setattr(2), pivot_root(2), prctl(2), capabilities(7).
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from pathlib import Path

LINUX = sys.platform == "linux"

CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = (
    0x00020000,
    0x08000000,
    0x10000000,
    0x20000000,
    0x40000000,
)
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND, MS_REC, MS_PRIVATE = 1, 2, 4, 8, 0x1000, 0x4000, 0x40000
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 1, 4, 24, 36, 38
_MNT_DETACH = 2
_AT_RECURSIVE, _AT_FDCWD = 0x8000, -100
# The same numbers on every architecture that Linux has given new system calls since 2019.
_SYS_MOUNT_SETATTR = 442
_SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}.get(os.uname().machine if LINUX else "", 0)

_libc = ctypes.CDLL(None, use_errno=True) if LINUX else None


class _MountAttributes(ctypes.Structure):
    _fields_ = (
        ("attr_set", ctypes.c_uint64),
        ("attr_clr", ctypes.c_uint64),
        ("propagation", ctypes.c_uint64),
        ("userns_fd", ctypes.c_uint64),
    )


def _call(name: str, *args: object) -> None:
    """A libc function by name. Raises OSError with its errno."""
    if _libc is None:
        raise OSError(f"{name}: only on Linux")
    ctypes.set_errno(0)
    if getattr(_libc, name)(*args) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def syscall(number: int, *args: object) -> int:
    """A system call by number; its result. Raises OSError with its errno."""
    if _libc is None or number == 0:
        raise OSError(f"system call {number}: not on this system")
    ctypes.set_errno(0)
    result: int = _libc.syscall(ctypes.c_long(number), *args)
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"system call {number}: {os.strerror(code)}")
    return result


def prctl(option: int, value: int) -> None:
    """``prctl`` with one argument."""
    _call("prctl", option, ctypes.c_ulong(value), ctypes.c_ulong(0), ctypes.c_ulong(0), ctypes.c_ulong(0))


def prctl_pointer(option: int, value: int, pointer: object) -> None:
    """``prctl`` with a number and a pointer."""
    _call("prctl", option, ctypes.c_ulong(value), pointer, ctypes.c_ulong(0), ctypes.c_ulong(0))


def unshare(flags: int) -> None:
    """Leave the namespaces in ``flags`` for new ones."""
    _call("unshare", flags)


def setns(fd: int, kind: int) -> None:
    """Enter the namespace of ``kind`` that ``fd`` stands for."""
    _call("setns", fd, kind)


def mount(source: str | Path, target: Path, kind: str, flags: int = 0, options: str = "") -> None:
    """Mount ``source`` on ``target``."""
    _call(
        "mount",
        os.fsencode(source),
        os.fsencode(target),
        os.fsencode(kind) or None,
        ctypes.c_ulong(flags),
        options.encode() or None,
    )


def bind(source: Path, target: Path) -> None:
    """Show ``source``, with everything mounted in it, at ``target``."""
    mount(source, target, "", MS_BIND | MS_REC)


def set_mount_attributes(target: Path, flags: int) -> None:
    """Set ``flags`` (read-only 1, nosuid 2) on the mount at ``target`` and on all below it. Linux 5.12 and later."""
    attributes = _MountAttributes(flags, 0, 0, 0)
    path = ctypes.c_char_p(os.fsencode(target))
    size = ctypes.c_size_t(ctypes.sizeof(attributes))
    syscall(_SYS_MOUNT_SETATTR, ctypes.c_int(_AT_FDCWD), path, _AT_RECURSIVE, ctypes.byref(attributes), size)


def change_root(folder: Path) -> None:
    """Make ``folder``, a mount, the root of this mount namespace, and let go of the old one."""
    os.chdir(folder)
    # The old root is stacked on the new one and taken away from there: no folder of its own is needed (pivot_root(2)).
    syscall(_SYS_PIVOT_ROOT, ctypes.c_char_p(b"."), ctypes.c_char_p(b"."))
    _call("umount2", b".", _MNT_DETACH)
    os.chdir("/")


def detach(folder: Path) -> None:
    """Take the mount at ``folder`` away, at once for newcomers, later for those who use it."""
    _call("umount2", os.fsencode(folder), _MNT_DETACH)


def drop_capabilities() -> None:
    """Give up every capability for good. Raises OSError where the sets cannot be emptied."""
    for number in range(64):
        try:
            prctl(PR_CAPBSET_DROP, number)
        except OSError:
            break
    header = struct.pack("=Ii", 0x20080522, 0)  # _LINUX_CAPABILITY_VERSION_3, this process
    _call("capset", header, bytes(24))

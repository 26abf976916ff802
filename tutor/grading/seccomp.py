"""System calls that a submission has no use for, refused by the kernel. Sources: seccomp(2), BPF of the kernel's docs.

Most of these need rights that a box does not have anyway; refused one layer earlier, a fault in the kernel behind them
is out of reach. Three would do harm as they are: tracing (a traced process ends only when its tracer lets it), key
rings (they outlive the process and are the learner's own), and new user namespaces (they give rights back).
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct

from tutor.grading import kernel

_PR_SET_SECCOMP, _FILTER = 22, 2
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
_NEW_NAMESPACES = 0x7E020000
"""CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET."""
_X32 = 0x40000000
_CLONE3 = 435

# Numbers that Linux has given out since 2019 are the same everywhere: io_uring, mounts, pidfd_getfd, memfd_secret.
_NEW = (425, 426, 427, 428, 429, 430, 431, 432, 433, 438, 442, 447)
_MACHINES: dict[str, tuple[int, int, dict[str, int]]] = {
    "x86_64": (
        0xC000003E,
        56,
        {
            "ptrace": 101,
            "pivot_root": 155,
            "chroot": 161,
            "mount": 165,
            "umount2": 166,
            "add_key": 248,
            "request_key": 249,
            "keyctl": 250,
            "unshare": 272,
            "perf_event_open": 298,
            "open_by_handle_at": 304,
            "setns": 308,
            "process_vm_readv": 310,
            "process_vm_writev": 311,
            "bpf": 321,
            "userfaultfd": 323,
        },
    ),
    "aarch64": (
        0xC00000B7,
        220,
        {
            "umount2": 39,
            "mount": 40,
            "pivot_root": 41,
            "chroot": 51,
            "unshare": 97,
            "ptrace": 117,
            "add_key": 217,
            "request_key": 218,
            "keyctl": 219,
            "perf_event_open": 241,
            "open_by_handle_at": 265,
            "setns": 268,
            "process_vm_readv": 270,
            "process_vm_writev": 271,
            "bpf": 280,
            "userfaultfd": 282,
        },
    ),
}
_MEMFD_CREATE = {"x86_64": 319, "aarch64": 279}
"""Files in memory that no limit sees. CUDA uses them, so they are refused on the CPU alone."""


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def works() -> bool:
    """The kernel has filters, and this machine's calls are known."""
    if not kernel.LINUX or os.uname().machine not in _MACHINES:
        return False
    try:
        with open("/proc/self/status", encoding="ascii", errors="replace") as file:  # noqa: PTH123 - read in each start
            return any(line.startswith("Seccomp:") for line in file)
    except OSError:
        return False


def refuse_calls() -> None:
    """From now on this process and its children cannot make the calls above. Raises OSError."""
    architecture, clone, known = _MACHINES[os.uname().machine]
    rows = [*_head(architecture)]
    for number in (*known.values(), *_NEW):
        rows += _refused(number, errno.EPERM)
    # "Not known" makes the C library fall back to clone, whose flags can be looked at.
    rows += _refused(_CLONE3, errno.ENOSYS)
    rows += [
        (_EQUAL, 0, 3, clone),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_ANY_BIT, 0, 1, _NEW_NAMESPACES),
        (_RETURN, 0, 0, _ERRNO | errno.EPERM),
        (_RETURN, 0, 0, _ALLOW),
    ]
    _install(rows)


def refuse_files_in_memory() -> None:
    """Also refuse ``memfd_create``. Raises OSError."""
    machine = os.uname().machine
    if machine in _MACHINES:
        rows = [*_head(_MACHINES[machine][0]), *_refused(_MEMFD_CREATE[machine], errno.EPERM)]
        _install([*rows, (_RETURN, 0, 0, _ALLOW)])


def _head(architecture: int) -> list[tuple[int, int, int, int]]:
    """Calls of another architecture's table are unknown here; then the call's number is looked at."""
    return [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _ERRNO | errno.ENOSYS),
        (_LOAD, 0, 0, _NUMBER),
        (_AT_LEAST, 0, 1, _X32),
        (_RETURN, 0, 0, _ERRNO | errno.ENOSYS),
    ]


def _refused(number: int, code: int) -> list[tuple[int, int, int, int]]:
    return [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ERRNO | code)]


def _install(rows: list[tuple[int, int, int, int]]) -> None:
    program = b"".join(struct.pack("=HBBI", *row) for row in rows)
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    head = _Program(len(rows), program)
    kernel.prctl_pointer(_PR_SET_SECCOMP, _FILTER, ctypes.byref(head))

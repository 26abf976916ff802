"""Confinement: what judge and boxes may not do. Every step is probed by itself; where one is refused the others stand.

Linux only; elsewhere each function does what it can, which may be nothing. ``tutor doctor`` explains the names.
Sources: namespaces(7), user_namespaces(7), pid_namespaces(7), landlock(7), prctl(2), capabilities(7).
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import socket
import struct
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

try:
    import resource
except ImportError:  # pragma: no cover - Windows has no such module
    resource = None  # type: ignore[assignment]

LINUX = sys.platform == "linux"
NAMES: tuple[str, ...] = ("user", "network", "ipc", "mount", "tmpfs", "pid", "proc", "landlock", "limits")
"""Every protection there is, in the order in which they are taken."""

MOST_FILE_BYTES = 256 * 2**20
TMPFS_BYTES = 1024 * 2**20

_CLONE = {"user": 0x10000000, "network": 0x40000000, "ipc": 0x08000000, "mount": 0x00020000}
_CLONE_NEWPID = 0x20000000
_MS_PRIVATE_RECURSIVE = 0x4000 | 0x40000
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38
_PR_SET_CHILD_SUBREAPER, _PR_CAPBSET_DROP = 36, 24
_SYS_LANDLOCK_CREATE, _SYS_LANDLOCK_ADD, _SYS_LANDLOCK_RESTRICT = 444, 445, 446

_libc = ctypes.CDLL(None, use_errno=True) if LINUX else None


def _call(name: str, *args: object) -> None:
    """A libc function by name. Raises OSError with its errno."""
    assert _libc is not None
    ctypes.set_errno(0)
    if getattr(_libc, name)(*args) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def _prctl(option: int, value: int) -> None:
    _call("prctl", option, ctypes.c_ulong(value), ctypes.c_ulong(0), ctypes.c_ulong(0), ctypes.c_ulong(0))


def die_with_parent() -> None:
    """Be killed when the parent ends. The parent must have one thread: the kernel means the thread, not the process."""
    if LINUX:
        with contextlib.suppress(OSError):
            _prctl(_PR_SET_PDEATHSIG, 9)


def become_subreaper() -> None:
    """Inherit orphans, so that a daemon started by a submission can be found and ended."""
    if LINUX:
        with contextlib.suppress(OSError):
            _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def hide_memory() -> None:
    """Let no process of the same user read this one's memory through /proc or ptrace."""
    if LINUX:
        with contextlib.suppress(OSError):
            _prctl(_PR_SET_DUMPABLE, 0)


# Namespaces of the server


def _enter_user() -> None:
    uid, gid = os.getuid(), os.getgid()
    _call("unshare", _CLONE["user"])
    # Maps first, hardening later: once the process is not dumpable, these files belong to root.
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")


def _enter_network() -> None:
    _call("unshare", _CLONE["network"])
    # gloo needs the loopback interface; a new network namespace has it down.
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        request = struct.pack("16sH14s", b"lo", 0x1 | 0x40, b"")
        fcntl.ioctl(sock.fileno(), 0x8914, request)  # SIOCSIFFLAGS: IFF_UP | IFF_RUNNING


def _enter_ipc() -> None:
    _call("unshare", _CLONE["ipc"])


def _enter_mount() -> None:
    _call("unshare", _CLONE["mount"])
    _call("mount", b"none", b"/", None, ctypes.c_ulong(_MS_PRIVATE_RECURSIVE), None)


def _mount_tmpfs(folder: Path) -> None:
    options = f"size={TMPFS_BYTES},mode=0700".encode()
    _call("mount", b"tmpfs", os.fsencode(folder), b"tmpfs", ctypes.c_ulong(0), options)


def unmount(folder: Path) -> None:
    """Take the tmpfs away again, so that its folder can be removed; nothing happens where none was mounted."""
    if LINUX:
        with contextlib.suppress(OSError):
            _call("umount2", os.fsencode(folder), 2)  # MNT_DETACH


def _enter_pid() -> None:
    _call("unshare", _CLONE_NEWPID)


def _mount_proc() -> None:
    _call("mount", b"proc", b"/proc", b"proc", ctypes.c_ulong(0), None)


def take_namespaces(folder: Path, allowed: Iterable[str] = NAMES) -> tuple[str, ...]:
    """Leave the surroundings behind, as far as the system lets: to be called before torch is imported.

    Returns the names of what is active. With ``"pid"`` among them, the *next child* is the first process of the new
    namespace, and everything dies with it.

    Args:
        folder: the boxes' folder; a tmpfs of limited size is mounted on it where possible.
        allowed: names that may be tried (a setting, and tests).
    """
    if not LINUX:
        return ()
    allowed = set(allowed)
    if (granted := _rehearse(folder, allowed)) is None:
        return ()
    return _take(folder, granted)


def _take(folder: Path, wanted: set[str]) -> tuple[str, ...]:
    steps = (
        ("user", _enter_user),
        ("network", _enter_network),
        ("ipc", _enter_ipc),
        ("mount", _enter_mount),
        ("tmpfs", lambda: _mount_tmpfs(folder)),
        ("pid", _enter_pid),
    )
    active: list[str] = []
    for name, step in steps:
        if name in wanted and not (name == "tmpfs" and "mount" not in active):
            try:
                step()
            except OSError:
                if name == "user":
                    # Without a mapping this process would be nobody: only a rehearsal may find that out.
                    break
            else:
                active.append(name)
    return tuple(active)


def _rehearse(folder: Path, wanted: set[str]) -> set[str] | None:
    """What the system grants, tried in a child that is thrown away: a step half taken cannot be undone."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.write(writer, json.dumps(_take(folder, wanted)).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        told = pipe.read()
    os.waitpid(pid, 0)
    return set(json.loads(told)) if told else None


def mount_proc() -> bool:
    """In the first process of a new PID namespace: a /proc that shows this namespace alone."""
    try:
        _mount_proc()
    except OSError:
        return False
    return True


class PidNamespaces:
    """A PID namespace for each box: nothing in it outlives the box, or can signal anything outside."""

    def __init__(self) -> None:
        self._own = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)

    def next_child(self) -> None:
        """The next child of this process is the first process of a new namespace."""
        # unshare works only from one's own namespace: go back from the last child's first.
        self.back()
        _call("unshare", _CLONE_NEWPID)

    def back(self) -> None:
        """Children are ordinary ones again."""
        _call("setns", self._own, _CLONE_NEWPID)


def pid_namespaces() -> PidNamespaces | None:
    """None where the system refuses them; tried in this process, which stays in its own namespace."""
    if not LINUX:
        return None
    try:
        namespaces = PidNamespaces()
        namespaces.next_child()
        namespaces.back()
    except OSError:
        return None
    return namespaces


# Landlock: which files a box may touch

_READ = 0b1 | 0b100 | 0b1000  # EXECUTE, READ_FILE, READ_DIR
_FILE_ONLY = 0b1 | 0b10 | 0b100 | (1 << 14) | (1 << 15)
_RIGHTS_BY_ABI = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}


class _Ruleset(ctypes.Structure):
    _fields_ = (("handled_access_fs", ctypes.c_uint64),)


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


class Landlock:
    """A ruleset, prepared once by the server and taken on by each box."""

    def __init__(self, readable: Iterable[Path], writable: Iterable[Path]) -> None:
        """Raises OSError where the kernel has no Landlock."""
        if _libc is None:
            raise OSError("no Landlock on this system")
        abi = _libc.syscall(_SYS_LANDLOCK_CREATE, None, 0, 1)
        if abi < 1:
            raise OSError("no Landlock in this kernel")
        self._rights = _RIGHTS_BY_ABI[min(abi, 5)]
        attributes = _Ruleset(self._rights)
        self.fd: int = _libc.syscall(_SYS_LANDLOCK_CREATE, ctypes.byref(attributes), ctypes.sizeof(attributes), 0)
        if self.fd < 0:
            raise OSError("landlock_create_ruleset was refused")
        for path in readable:
            self.allow(path, _READ)
        for path in writable:
            self.allow(path, self._rights)

    def allow(self, path: Path, rights: int) -> None:
        """Allow ``rights`` at and below ``path``; a path that does not exist is passed over."""
        assert _libc is not None
        try:
            fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            return
        try:
            if not path.is_dir():
                rights &= _FILE_ONLY
            rule = _PathBeneath(rights & self._rights, fd)
            _libc.syscall(_SYS_LANDLOCK_ADD, self.fd, 1, ctypes.byref(rule), 0)
        finally:
            os.close(fd)

    def restrict(self) -> None:
        """From now on this process and its children are held to the rules. Raises OSError."""
        assert _libc is not None
        _prctl(_PR_SET_NO_NEW_PRIVS, 1)
        if _libc.syscall(_SYS_LANDLOCK_RESTRICT, self.fd, 0) != 0:
            raise OSError("landlock_restrict_self was refused")


def landlock(folder: Path, hidden: Sequence[Path]) -> Landlock | None:
    """The rules of a box: its folder is writable, libraries are readable, ``hidden`` is neither. None where refused."""
    roots = [
        Path(root) for root in ("/usr", "/lib", "/lib64", "/bin", "/sbin", "/etc", "/opt", "/sys", "/proc", "/nix")
    ]
    roots += [Path(root) for root in {sys.prefix, sys.base_prefix, sys.exec_prefix, *_import_roots()}]
    readable: list[Path] = []
    away = [path.resolve() for path in hidden]
    for root in roots:
        if root.exists():
            readable += _without(root.resolve(), away)
    writable = [folder, Path("/dev"), Path("/proc/self")]
    try:
        return Landlock(dict.fromkeys(readable), writable)
    except OSError:
        return None


def _import_roots() -> list[str]:
    """Folders and archives on sys.path, the current one left out, and packages that live elsewhere (editable ones)."""
    roots = [entry for entry in sys.path if entry and Path(entry).exists()]
    for module in list(sys.modules.values()):
        if getattr(module, "__spec__", None) is not None and "." not in module.__name__:
            roots += [str(path) for path in getattr(module, "__path__", ())]
    return roots


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


# Limits of one box


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
    if LINUX:
        with contextlib.suppress(ValueError, OSError):
            limit = _data_bytes() + megabytes * 2**20
            resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def restrict_box(rules: Landlock | None) -> None:
    """From inside a box, before anything of a submission runs: limits, no privileges, no files but its own."""
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_FILE_BYTES, MOST_FILE_BYTES))
    if LINUX:
        with contextlib.suppress(OSError):
            _prctl(_PR_SET_NO_NEW_PRIVS, 1)
        if rules is not None:
            rules.restrict()
        _drop_capabilities()


def _drop_capabilities() -> None:
    for number in range(64):
        try:
            _prctl(_PR_CAPBSET_DROP, number)
        except OSError:
            break
    header = struct.pack("=Ii", 0x20080522, 0)  # _LINUX_CAPABILITY_VERSION_3, this process
    with contextlib.suppress(OSError):
        _call("capset", header, bytes(24))

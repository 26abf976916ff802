"""Where the per-user server is met: a private folder, a socket for each kind of server, and who is there.

Several tutors may call at once, a server may have been killed, a cleaner may have removed files. So there are three
rules: whoever makes or removes a socket holds the folder's lock; a server holds the lock of its own file as long as it
lives, and the file says who it is; a server whose socket is gone or replaced leaves (see ``resident``). Sources:
unix(7), flock(2), namespaces(7).
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

import msgspec

from tutor.grading.options import ServerOptions
from tutor.grading.private import NoServer, alone, folder, idle_minutes, open_private, try_lock
from tutor.grading.shared_messages import PROTOCOL
from tutor.grading.system import torch_version
from tutor.locale import _

MOST_WAITING = 64
"""Connections that may wait to be accepted."""
CONNECT_SECONDS = 5.0
STOP_SECONDS = 8.0
"""Seconds in which a server that was asked to leave has left; after that it is killed."""

_PREFIXES = ("TUTOR_", "CUDA_", "NVIDIA_", "TORCH", "PYTORCH_", "LD_", "DYLD_", "OMP_", "MKL_", "NCCL_", "GLOO_", "HF_")
_VARIABLES = ("HOME", "TMPDIR", "PYTHONPATH", "PYTHONHOME", "XDG_CACHE_HOME", "XDG_DATA_HOME")


class Orders(msgspec.Struct, frozen=True):
    """What a per-user server is started with."""

    options: ServerOptions
    listener: int
    """File descriptor of the socket on which it is called."""
    lock: int
    """File descriptor of the file that it keeps locked."""
    socket: str
    identity: tuple[int, int]
    """Device and inode of ``socket``, which tell whether it still is the one that was made for this server."""
    idle_minutes: float


class Resident(msgspec.Struct, frozen=True):
    """What a per-user server says of itself in its file."""

    pid: int
    started: float
    """Seconds since the epoch."""
    interpreter: str
    idle_minutes: float


# Names


def name_of(options: ServerOptions) -> str:
    """The name of the server that would be started now with ``options``.

    It covers everything in which two callers must agree, so a tutor that was upgraded, edited or told otherwise never
    meets an older server.
    """
    facts = (
        *(PROTOCOL, sys.executable, sys.version, torch_version(), standing(os.getpid())),
        *(code_stamp(), msgspec.json.encode(options), sorted(_environment().items())),
    )
    return f"{_machine()}-{hashlib.sha256(repr(facts).encode('utf-8', 'surrogateescape')).hexdigest()[:16]}"


def code_stamp() -> str:
    """Changes whenever a file of the tutor does."""
    digest = hashlib.sha256()
    waiting = [str(Path(__file__).resolve().parent.parent)]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if entry.is_dir(follow_symlinks=False):
                    if entry.name not in ("__pycache__", "builtin"):  # the packs are hidden, not part of a server
                        waiting.append(entry.path)
                else:
                    found = entry.stat()
                    digest.update(f"{entry.path}\0{found.st_mtime_ns}\0{found.st_size}\0".encode(errors="replace"))
    return digest.hexdigest()


def standing(pid: int) -> tuple[str, ...]:
    """How a process stands in the system: its namespaces, and whether it can gain privileges.

    Graded code runs as the same user. What tells it from the user's own programs is that the box took other namespaces,
    or at least gave up new privileges. Empty where there is no /proc.

    Raises:
        OSError: the process is gone, or hides this.
    """
    home = Path("/proc") / str(pid)
    if sys.platform != "linux":
        return ()
    spaces = [str((home / "ns" / name).readlink()) for name in ("user", "pid", "mnt")]
    status = (home / "status").read_text(encoding="utf-8", errors="replace").splitlines()
    return (*spaces, *(line for line in status if line.startswith("NoNewPrivs")))


def _environment() -> dict[str, str]:
    """The variables that a server and its boxes go by."""
    return {name: value for name, value in os.environ.items() if name in _VARIABLES or name.startswith(_PREFIXES)}


def _machine() -> str:
    """A home folder may be shared by machines, and by containers; a socket is not."""
    space = Path("/proc/self/ns/pid").readlink() if sys.platform == "linux" else ""
    return hashlib.sha256(f"{os.uname().nodename}\0{space}".encode(errors="replace")).hexdigest()[:8]


# Meeting


def join(options: ServerOptions) -> socket.socket:
    """A connection to the server for ``options``, which is started where it does not run.

    The socket is made here and handed to the new server, so it can be talked to before it has woken up, and of two who
    call at once the second meets what the first has started.

    Raises:
        NoServer: there can be none here, or it cannot be started.
    """
    minutes, place = idle_minutes(), folder()
    try:
        name = name_of(options)
        return _connect(place / f"{name}.sock") or _start(place, name, options, minutes)
    except (OSError, subprocess.SubprocessError) as error:
        raise NoServer(_("The per-user server cannot be reached: {reason}").format(reason=error)) from error


def peer(sock: socket.socket) -> tuple[int, int] | None:
    """Process and user at the other end of a connection; None where the system does not say (see unix(7))."""
    if not hasattr(socket, "SO_PEERCRED"):
        return None
    pid, uid, _gid = struct.unpack("3i", sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")))
    return pid, uid


def _connect(path: Path) -> socket.socket | None:
    """A connection, or None where nobody listens.

    Raises:
        OSError: somebody listens who cannot be talked to, or is not this user.
    """
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    sock.settimeout(CONNECT_SECONDS)
    try:
        sock.connect(str(path))
        other = peer(sock)
        if other is not None and other[1] != os.geteuid():
            raise PermissionError(_("{path} is answered by another user").format(path=path))
    except (FileNotFoundError, ConnectionRefusedError):
        sock.close()
        return None
    except BaseException:
        sock.close()
        raise
    return sock


def _start(place: Path, name: str, options: ServerOptions, minutes: float) -> socket.socket:
    path, log = place / f"{name}.sock", place / f"{name}.log"
    with alone(place):
        met = _connect(path)  # somebody else may have been quicker
        if met is not None:
            return met
        sweep(place)
        lock = open_private(path.with_suffix(".lock"))
        try:
            if not try_lock(lock):
                # A server that is about to leave, or is about to notice that its socket was removed. It keeps its file.
                os.close(lock)
                path.with_suffix(".lock").unlink()
                lock = open_private(path.with_suffix(".lock"))
                try_lock(lock)
            with listen(path) as listener:
                met = _connect(path)
                orders = Orders(options, listener.fileno(), lock, str(path), identity(path), minutes)
                process = _spawn(log, orders)
        finally:
            os.close(lock)
    # The process that was started forks the server and ends: so it is nobody's child, and never a zombie of a caller.
    if process.wait() != 0 or met is None:
        if met is not None:
            met.close()
        rows = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        raise OSError(rows[-1] if rows else str(path))
    return met


def listen(path: Path) -> socket.socket:
    """A socket at ``path`` that listens from the moment in which it is there, in place of whatever was there."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(str(draft))
        draft.chmod(0o600)
        listener.listen(MOST_WAITING)
        draft.replace(path)
    except BaseException:
        listener.close()
        raise
    return listener


def _spawn(log: Path, orders: Orders) -> subprocess.Popen[bytes]:
    environment = dict(os.environ)
    if environment.get("PYTHONPATH"):  # it will run in another folder
        parts = environment["PYTHONPATH"].split(os.pathsep)
        environment["PYTHONPATH"] = os.pathsep.join(str(Path(part).absolute()) for part in parts if part)
    said = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "tutor.grading.resident", msgspec.json.encode(orders).decode()],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            pass_fds=(orders.listener, orders.lock),
            env=environment,
            cwd="/",
            start_new_session=True,
        )
    finally:
        os.close(said)


def identity(path: Path) -> tuple[int, int]:
    """What tells a file from another of the same name. Raises OSError: there is none."""
    found = path.lstat()
    return found.st_dev, found.st_ino


# Who is there


def residents() -> list[tuple[Path, Resident]]:
    """Every server of this user on this machine, with its locked file. Raises NoServer."""
    place = folder()
    found = []
    with alone(place):
        for lock in sorted(place.glob(f"{_machine()}-*.lock")):
            with contextlib.suppress(OSError, msgspec.MsgspecError):
                if _is_held(lock):
                    found.append((lock, msgspec.json.decode(lock.read_bytes(), type=Resident)))
    return found


def stop(lock: Path, resident: Resident) -> None:
    """End a server and everything it started, and wait until its process is gone. A run in flight is given up.

    Raises:
        OSError: it cannot be ended.
    """
    with contextlib.ExitStack() as stack:
        # It gives up its lock a moment before its process ends. Its number may be another's by then, a descriptor not.
        ended: list[int] = []
        with contextlib.suppress(AttributeError, OSError):  # not Linux, or gone already
            ended.append(os.pidfd_open(resident.pid))
            stack.callback(os.close, ended[0])
        with contextlib.suppress(ProcessLookupError):
            os.kill(resident.pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while _is_held(lock) or (ended and not select.select(ended, [], [], 0)[0]):
            if time.monotonic() > deadline:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(resident.pid, signal.SIGKILL)
                return
            time.sleep(0.02)


def _is_held(lock: Path) -> bool:
    try:
        fd = os.open(lock, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return False
    try:
        return not try_lock(fd)
    finally:
        os.close(fd)


def sweep(place: Path) -> None:
    """Remove what servers that were killed have left."""
    for lock in place.glob("*.lock"):
        if not _is_held(lock):
            for suffix in (".sock", ".log", ".new", ".lock"):
                lock.with_suffix(suffix).unlink(missing_ok=True)

"""Namespaces: what the server takes once, before torch is imported, and the PID namespace of each box.

Every step is probed by itself; where one is refused the others stand. Sources: namespaces(7), user_namespaces(7),
pid_namespaces(7).
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import socket
import struct
from collections.abc import Iterable
from pathlib import Path

from tutor.grading import kernel
from tutor.grading.options import NAMES

TMPFS_BYTES = 1024 * 2**20


def _enter_user() -> None:
    uid, gid = os.getuid(), os.getgid()
    kernel.unshare(kernel.CLONE_NEWUSER)
    # Maps first, hardening later: once the process is not dumpable, these files belong to root.
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")


def _enter_network() -> None:
    kernel.unshare(kernel.CLONE_NEWNET)
    # gloo needs the loopback interface; a new network namespace has it down.
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        request = struct.pack("16sH14s", b"lo", 0x1 | 0x40, b"")
        fcntl.ioctl(sock.fileno(), 0x8914, request)  # SIOCSIFFLAGS: IFF_UP | IFF_RUNNING


def _enter_mount() -> None:
    kernel.unshare(kernel.CLONE_NEWNS)
    kernel.mount("none", Path("/"), "", kernel.MS_REC | kernel.MS_PRIVATE)


def clear_away(folder: Path) -> None:
    """Remove the boxes' folder at the end.

    What is mounted in it is let go of first, and where something stays mounted nothing is removed: below it lie the
    machine's own libraries.
    """
    for mounted in reversed(mounts_in(folder)):
        with contextlib.suppress(OSError):
            kernel.detach(mounted)
    if not mounts_in(folder):
        shutil.rmtree(folder, ignore_errors=True)


def mounts_in(folder: Path) -> list[Path]:
    """Where something is mounted at or below ``folder``, in the order in which it was."""
    try:
        rows = Path("/proc/self/mountinfo").read_bytes().splitlines()
    except OSError:
        return []
    # Octal escapes stand for spaces and the like (proc_pid_mountinfo(5)); Python's own escapes read them.
    points = [Path(os.fsdecode(row.split(b" ")[4].decode("unicode_escape").encode("latin-1"))) for row in rows]
    inside = folder.resolve()
    return [point for point in points if point.is_relative_to(inside)]


def take_namespaces(folder: Path, allowed: Iterable[str] = NAMES) -> tuple[str, ...]:
    """Leave the surroundings behind, as far as the system lets: to be called before torch is imported.

    Returns the names of what is active. With ``"pid"`` among them, the *next child* is the first process of the new
    namespace, and everything dies with it.

    Args:
        folder: the boxes' folder; a tmpfs of limited size is mounted on it where possible.
        allowed: names that may be tried (a setting, and tests).
    """
    if not kernel.LINUX:
        return ()
    allowed = set(allowed)
    if (granted := _rehearse(folder, allowed)) is None:
        return ()
    return _take(folder, granted)


def _take(folder: Path, wanted: set[str]) -> tuple[str, ...]:
    steps = (
        ("user", _enter_user),
        ("network", _enter_network),
        ("ipc", lambda: kernel.unshare(kernel.CLONE_NEWIPC)),
        ("mount", _enter_mount),
        ("tmpfs", lambda: kernel.mount("tmpfs", folder, "tmpfs", 0, f"size={TMPFS_BYTES},mode=0700")),
        ("pid", lambda: kernel.unshare(kernel.CLONE_NEWPID)),
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
        kernel.mount("proc", Path("/proc"), "proc")
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
        kernel.unshare(kernel.CLONE_NEWPID)

    def back(self) -> None:
        """Children are ordinary ones again."""
        kernel.setns(self._own, kernel.CLONE_NEWPID)


def pid_namespaces() -> PidNamespaces | None:
    """None where the system refuses them; tried in this process, which stays in its own namespace."""
    if not kernel.LINUX:
        return None
    try:
        namespaces = PidNamespaces()
        namespaces.next_child()
        namespaces.back()
    except OSError:
        return None
    return namespaces

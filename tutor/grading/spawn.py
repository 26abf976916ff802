"""Making judges and boxes: by fork from a server that has imported everything, or as standby processes of their own.

Both ways give a ``Child`` that the server talks to through a channel; what differs is the price of the next one.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, NoReturn, Protocol

from tutor.grading import confine, landlock, namespaces
from tutor.grading.frames import BlockingChannel, Channel

Role = Literal["judge", "box"]
MOST_TRACE_BYTES = 1 << 16
MOST_WAIT = 1.0
"""Seconds that the server waits for a process that it has killed."""
MOST_BOX_BYTES = 64 * 2**20
"""Bytes of one message of a box at most: well below what the judge is sent, so that passing it on always fits."""
_SO_PASSRIGHTS = 83
NICENESS = 5
_CHANNEL_FD, _TRACE_FD, _RULES_FD = 3, 4, 5


class Child:
    """A judge or a box as the server sees it."""

    def __init__(
        self,
        role: Role,
        pid: int,
        channel: Channel,
        output: int | None,
        trace: int,
        folder: Path,
        inside: Path,
    ) -> None:
        self.role = role
        self.pid = pid
        self.channel = channel
        self.output = output
        """Read end of what it prints; None for a judge, which prints nothing."""
        self.folder = folder
        self.inside = inside
        """What the child itself calls its folder."""
        self.awake = False
        """It has said that it is ready (a box; a judge says so by what it collected)."""
        self.resident_when_awake = 0
        """Bytes of memory that were its own before any submission came."""
        self.status: int | None = None
        """Exit status as of ``os.waitstatus_to_exitcode``, once it has been waited for."""
        self._trace = trace

    def kill(self) -> None:
        """End it and its process group. It is waited for elsewhere."""
        if self.status is None:
            for end in (os.killpg, os.kill):
                with contextlib.suppress(OSError):
                    end(self.pid, signal.SIGKILL)

    def wait(self, seconds: float = MOST_WAIT) -> None:
        """Wait for a child that has been killed, but not for ever: what is traced ends when its tracer lets it."""
        deadline = time.monotonic() + seconds
        while self.status is None:
            try:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
            except ChildProcessError:
                self.status = -int(signal.SIGKILL)
                return
            if pid and os.WIFSTOPPED(status):
                # It has asked to be traced by its parent; killed it ends nevertheless.
                self.kill()
            elif pid:
                self.status = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > deadline:
                return
            else:
                select.select([], [], [], 0.001)

    def line_in(self, name: str) -> int | None:
        """The line of the submission that Python noted last: at a crash, or shortly before the deadline."""
        with contextlib.suppress(OSError):
            text = os.pread(self._trace, MOST_TRACE_BYTES, 0).decode("utf-8", "replace")
            for row in text.splitlines():
                # faulthandler's form, the innermost frame first:  File "/…/name.py", line 12 in forward
                before, found, after = row.partition(f'/{name}.py", line ')
                if found and before.lstrip().startswith("File "):
                    number = after.split(" ", 1)[0]
                    # The submission can write here too: not every digit is one, nor every number one of lines.
                    if number.isascii() and number.isdigit() and len(number) < 8:
                        return int(number)
        return None

    def drain_output(self) -> bytes:
        """What it has printed and nobody has read yet, up to 1 MiB."""
        if self.output is None:
            return b""
        parts = []
        for _ in range(16):
            try:
                part = os.read(self.output, 1 << 16)
            except OSError:
                break
            if not part:
                break
            parts.append(part)
        return b"".join(parts)

    def close(self) -> None:
        """Give back everything but the process: channel, pipe, folder."""
        self.channel.close()
        for fd in (self.output, self._trace):
            if fd is not None:
                with contextlib.suppress(OSError):
                    os.close(fd)
        self.output = None
        remove(self.folder)


def remove(folder: Path) -> None:
    """Remove a folder and whatever a submission has made of it, as far as it can be removed."""
    try:
        shutil.rmtree(folder, ignore_errors=True)
    except RecursionError:
        # Deeper than Python's stack; rm goes down without one.
        with contextlib.suppress(OSError):
            subprocess.run(["rm", "-rf", "--", str(folder)], check=False, capture_output=True)


class Spawner(Protocol):
    """Makes judges and boxes."""

    box_serves_run: bool
    """A box is so dear that it serves a whole run, not one requirement."""
    boxes_end_alone: bool
    """Whatever a box has started ends with it; otherwise the server looks for it."""

    def spawn(self, role: Role) -> Child:
        """A new one. Raises OSError where the system has no more processes or memory to give."""
        ...


def _pipes(role: Role, base: Path) -> tuple[socket.socket, socket.socket, int | None, int, int, Path]:
    # Where nothing keeps them from it, a submission may have removed the folder of all boxes.
    base.mkdir(mode=0o700, exist_ok=True)
    ours, theirs = socket.socketpair()
    reader, writer = (None, os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)) if role == "judge" else os.pipe()
    if reader is not None:
        os.set_blocking(reader, False)
    with tempfile.TemporaryFile(dir=base, buffering=0) as file:
        trace = os.dup(file.fileno())
    os.set_inheritable(trace, False)
    return ours, theirs, reader, writer, trace, Path(tempfile.mkdtemp(prefix=f"{role}-", dir=base))


def _channel(role: Role, ours: socket.socket) -> Channel:
    if role == "judge":
        return Channel(ours)
    with contextlib.suppress(OSError):
        # A descriptor that a box sends is closed when it is not taken, and closing some takes seconds. Linux 6.16.
        ours.setsockopt(socket.SOL_SOCKET, _SO_PASSRIGHTS, 0)
    return Channel(ours, MOST_BOX_BYTES)


class ForkSpawner:
    """Forks the server itself: a judge or a box costs milliseconds, memory is shared."""

    def __init__(
        self,
        base: Path,
        serve: Callable[[Role, BlockingChannel, int, Path], None],
        boxes: namespaces.PidNamespaces | None,
        fence: confine.Fence,
    ) -> None:
        self.box_serves_run = False
        self.boxes_end_alone = boxes is not None
        self._fence = fence
        self._base = base
        self._serve = serve
        self._namespaces = boxes

    def spawn(self, role: Role) -> Child:
        ours, theirs, reader, writer, trace, folder = _pipes(role, self._base)
        confined = role == "box" and self._namespaces is not None
        if confined and self._namespaces is not None:
            self._namespaces.next_child()
        try:
            pid = os.fork()
            if pid == 0:
                self._child(role, theirs.fileno(), writer, trace, folder)
        finally:
            if confined and self._namespaces is not None:
                self._namespaces.back()
        theirs.close()
        os.close(writer)
        return Child(role, pid, _channel(role, ours), reader, trace, folder, self._fence.inside(folder))

    def _child(self, role: Role, channel: int, writer: int, trace: int, folder: Path) -> NoReturn:
        try:
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGPIPE):
                signal.signal(number, signal.SIG_DFL)
            os.setsid()
            confine.die_with_parent()
            settle_descriptors(channel, writer, trace, self._fence.rules if role == "box" else None)
            with contextlib.suppress(OSError):
                os.nice(NICENESS)
            self._serve(role, BlockingChannel(socket.socket(fileno=_CHANNEL_FD)), _TRACE_FD, folder)
        except BaseException:
            # A judge or a box that cannot even start must not fall back into the server's code.
            try:
                os.write(2, traceback.format_exc().encode("utf-8", "replace"))
            finally:
                # Whatever the submission's own exceptions do while they are printed.
                os._exit(70)
        os._exit(0)


def settle_descriptors(channel: int, writer: int, trace: int, rules: landlock.Rules | None) -> None:
    """In a new child: 0 is empty, 1 and 2 are the pipe, 3 is the channel, 4 the trace, 5 the rules, and no others."""
    # First all of them out of the way: any may sit on a number that another is to have.
    high = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 200) for fd in (channel, trace, writer)]
    high_rules = fcntl.fcntl(rules.fd, fcntl.F_DUPFD_CLOEXEC, 200) if rules is not None else -1
    devnull = os.open(os.devnull, os.O_RDONLY)
    os.dup2(devnull, 0)
    os.dup2(high[2], 1)
    os.dup2(high[2], 2)
    os.dup2(high[0], _CHANNEL_FD, inheritable=False)
    os.dup2(high[1], _TRACE_FD, inheritable=False)
    if rules is not None:
        os.dup2(high_rules, _RULES_FD, inheritable=False)
        rules.fd = _RULES_FD
    os.closerange(_RULES_FD if rules is None else _RULES_FD + 1, 1 << 20)


class StandbySpawner:
    """Starts each judge and box as a process of its own that imports everything and waits: where fork is not safe."""

    def __init__(self, base: Path, hidden: Sequence[Path]) -> None:
        self.box_serves_run = True
        self.boxes_end_alone = False
        self._base = base
        self._hidden = [str(path) for path in hidden]
        self._processes: list[subprocess.Popen[bytes]] = []

    def spawn(self, role: Role) -> Child:
        ours, theirs, reader, writer, trace, folder = _pipes(role, self._base)
        process = subprocess.Popen(
            [
                *(sys.executable, "-P", "-m", "tutor.grading.standby"),
                *(role, str(theirs.fileno()), str(trace), str(folder), str(self._base), *self._hidden),
            ],
            stdin=subprocess.DEVNULL,
            stdout=writer,
            stderr=writer,
            pass_fds=(theirs.fileno(), trace),
            start_new_session=True,
        )
        theirs.close()
        os.close(writer)
        # Kept, so that Popen's finalizer does not wait for a process that the server waits for.
        self._processes.append(process)
        return Child(role, process.pid, _channel(role, ours), reader, trace, folder, folder)

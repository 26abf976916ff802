"""The parent's side of ``ranks``: watching several processes at once, and finding out which of them is to blame."""

from __future__ import annotations

import contextlib
import math
import os
import pickle
import re
import selectors
import signal
import time
from typing import Any

from tutor.testing import show
from tutor.testing.rank_process import LENGTH, NOTE_BEFORE

LINGER = 0.2
"""Seconds for which a rank that has finished stays, so that what it sent last arrives while others still run."""
BLAME_SECONDS = 1.0
"""Seconds in which it should turn out why a rank lost touch with another: the other has died, or raised."""
SETTLE_SECONDS = 0.1
"""Seconds in which other ranks may do as the first that raised or died: it often is one mistake in all of them."""
LOOK = 0.02
"""Seconds between two looks at the processes, where the system cannot tell of their end."""
MOST_TRACE_BYTES = 1 << 16
MOST_LINE_BYTES = 1 << 14
_CHUNK = 1 << 20
# What gloo and nccl say when a peer is gone.
_LOST_TOUCH = re.compile(
    r"Connection (?:reset|closed) by peer|Broken pipe|Connection refused|ncclRemoteError|remote process (?:has )?exited"
)


class Member:
    """One rank, as its parent sees it."""

    def __init__(self, rank: int, pid: int, report: int, output: int, trace: int) -> None:
        self.rank = rank
        self.pid = pid
        self.report = report
        self.output = output
        self.value: bytes | None = None
        """What it returned, pickled."""
        self.failure: tuple[str, str, str, Any, tuple[str, str] | None] | None = None
        """Of an exception: class, words, traceback, description, what is missing."""
        self.ended_at = 0.0
        """When it told so, or died."""
        self.status: int | None = None
        """As of ``os.waitstatus_to_exitcode``, once it has ended."""
        self.stopped = False
        """It was ended from here."""
        self.sentinel: int | None = None
        self._trace = trace
        self._heard = bytearray()
        self._line = bytearray()
        for fd in (report, output):
            os.set_blocking(fd, False)
        with contextlib.suppress(OSError, AttributeError):
            self.sentinel = os.pidfd_open(pid)

    @property
    def told(self) -> bool:
        """It has said how it came out."""
        return self.value is not None or self.failure is not None

    @property
    def failed(self) -> bool:
        """It raised, or died without a word."""
        return self.value is None and (self.failure is not None or self.status is not None)

    @property
    def lost_touch(self) -> bool:
        """It raised because another rank no longer answered."""
        return self.failure is not None and _LOST_TOUCH.search(self.failure[1]) is not None

    def result(self) -> Any:
        assert self.value is not None
        return pickle.loads(self.value)

    def hear(self) -> bool:
        """Take in what it has said; False once nothing more can come."""
        data, more = _available(self.report)
        self._heard += data
        while len(self._heard) >= LENGTH.size:
            (size,) = LENGTH.unpack_from(self._heard)
            if len(self._heard) < LENGTH.size + size:
                break
            kind, *rest = pickle.loads(bytes(self._heard[LENGTH.size : LENGTH.size + size]))
            del self._heard[: LENGTH.size + size]
            if kind == "show":
                self._show(*rest)
                continue
            self.ended_at = time.monotonic()
            if kind == "returned":
                (self.value,) = rest
            else:
                self.failure = tuple(rest)
        return more

    def _show(self, kind: str, name: str, values: Any) -> None:
        # Only one process may write to wherever these go.
        sink = show.sink()
        if sink is not None:
            sink(kind, name if self.rank == 0 else f"{name} [rank {self.rank}]", values)

    def relay(self, *, last: bool = False) -> bool:
        """Print what it has printed, a line at a time, with its number in front; False once nothing more can come."""
        data, more = _available(self.output)
        self._line += data
        *lines, rest = bytes(self._line).split(b"\n")
        if rest and (last or len(rest) > MOST_LINE_BYTES):
            lines.append(rest)
            rest = b""
        self._line = bytearray(rest)
        text = b"".join(b"[rank %d] %s\n" % (self.rank, line) for line in lines)
        with contextlib.suppress(OSError):
            while text:
                # By number: the submission may have closed or replaced sys.stdout.
                text = text[os.write(1, text) :]
        return more

    def reap(self) -> None:
        """Find out whether it has ended."""
        if self.status is not None:
            return
        try:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
        except ChildProcessError:  # the submission has SIGCHLD ignored, or waits for everything
            pid, status = self.pid, 0
        if pid:
            self.status = os.waitstatus_to_exitcode(status)
            self.ended_at = self.ended_at or time.monotonic()

    def kill(self) -> None:
        """End it and what it has started. It is waited for in ``close``."""
        self.stopped = self.stopped or self.status is None
        for end in (os.killpg, os.kill):
            # Its group may outlive it; its number alone is another's once it has been waited for.
            if end is os.killpg or self.status is None:
                with contextlib.suppress(OSError):
                    end(self.pid, signal.SIGKILL)

    def close(self) -> None:
        """After ``kill``: wait for its end, print what is left, give everything back."""
        if self.status is None:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(self.pid, 0)
        self.relay(last=True)
        for fd in (self.report, self.output, self._trace, self.sentinel):
            if fd is not None:
                os.close(fd)

    def line_in(self, file: str) -> int | None:
        """The line of ``file`` where it was last noted to be."""
        if not file:
            return None
        text = os.pread(self._trace, MOST_TRACE_BYTES, 0).decode("utf-8", "replace")
        return line_of(text, file)


def line_of(trace: str, file: str) -> int | None:
    """The innermost line of ``file`` in what faulthandler wrote: of the thread that crashed, else of the main one."""
    threads = re.split(r"^(?=(?:Current thread|Thread) )", trace, flags=re.MULTILINE)
    # The main thread stands last.
    threads.sort(key=lambda text: text.startswith("Current thread"))
    for thread in reversed(threads):
        found = re.search(rf'^  File "{re.escape(file)}", line (\d{{1,7}}) in ', thread, re.MULTILINE)
        if found:
            return int(found[1])
    return None


def _available(fd: int) -> tuple[bytes, bool]:
    """What can be read at once, and whether more may come."""
    parts: list[bytes] = []
    while True:
        try:
            part = os.read(fd, _CHUNK)
        except BlockingIOError:
            return b"".join(parts), True
        if not part:
            return b"".join(parts), False
        parts.append(part)


def supervise(members: list[Member], deadline: float) -> Member | None:
    """Wait until every rank has returned, or one cannot any more.

    Never for one rank after the other: one that died leaves its peers waiting for it.

    Returns:
        None where all returned; else the rank to blame, which has raised, died, or (at the deadline) not ended.
    """
    with selectors.DefaultSelector() as selector:
        for member in members:
            for fd in (member.report, member.output, member.sentinel):
                if fd is not None:
                    selector.register(fd, selectors.EVENT_READ, member)
        while True:
            for key, _events in selector.select(max(_next_look(members, deadline) - time.monotonic(), 0)):
                member = key.data
                hear = member.relay if key.fd == member.output else member.hear
                if key.fd == member.sentinel or not hear():
                    selector.unregister(key.fd)
            for member in members:
                member.reap()
                if member.status is not None and not member.told:
                    member.hear()
            if all(member.value is not None for member in members):
                return None
            now = time.monotonic()
            late = now >= deadline
            blamed = _blamed(members, math.inf if late else now)
            if blamed is not None:
                return blamed
            if late:
                return next(member for member in members if member.value is None)
            if now < deadline - NOTE_BEFORE:
                _let_go(members, now)


def _next_look(members: list[Member], deadline: float) -> float:
    """When something is to be looked at again, even if nothing happens."""
    moments = [deadline]
    for member in members:
        if member.lost_touch:
            moments.append(member.ended_at + BLAME_SECONDS)
        elif member.failed:
            moments.append(member.ended_at + SETTLE_SECONDS)
        elif member.value is not None and not member.stopped:
            # Shortly before the deadline all stay as they are, for their lines to be noted.
            moments += [moment for moment in [member.ended_at + LINGER] if moment < deadline - NOTE_BEFORE]
        elif member.sentinel is None:
            moments.append(time.monotonic() + LOOK)
    return min(moments)


def _blamed(members: list[Member], now: float) -> Member | None:
    """The rank that caused all else: one that died without a word or raised of itself, before one that lost touch.

    Of several it is the one with the smallest number, so that the same submission gets the same report.
    """
    failed = [member for member in members if member.failed]
    causes = [member for member in failed if not member.lost_touch]
    blamed, patience = (causes, SETTLE_SECONDS) if causes else (failed, BLAME_SECONDS)
    if not blamed:
        return None
    everyone = all(member.failed or member.value is not None for member in members)
    return blamed[0] if everyone or now >= min(m.ended_at for m in blamed) + patience else None


def _let_go(members: list[Member], now: float) -> None:
    """End ranks that have returned: whoever still waits for one of them learns of it at once."""
    for member in members:
        if member.value is not None and not member.stopped and now - member.ended_at >= LINGER:
            member.kill()

"""The server's children: who is alive, who stands ready, who is to be buried. Talks to nobody; the server listens."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from tutor.grading import messages
from tutor.grading.report import GradeRequest
from tutor.grading.spawn import Child, Role, Spawner
from tutor.grading.system import children_of, resident

MOST_SPARES = 8
MOST_RETIRED_BYTES = 64 * 2**20
MOST_FALSE_STARTS = 3
"""Boxes in a row that ended before they were ready; after that none is made ahead, and a run says what is wrong."""
ENDING_SECONDS = 2.0
"""Seconds in which killed children should have ended."""


class ReadyJudge:
    """A judge that has collected a grader, or is about to, and waits."""

    def __init__(self, child: Child, key: tuple[Any, ...]) -> None:
        self.child = child
        self.key = key
        self.heard: list[bytes] = []


class Nursery:
    """Makes judges and boxes, keeps some ready, ends them and whatever they leave behind."""

    def __init__(
        self, spawner: Spawner, born: Callable[[Child], None], forget: Callable[[Child], None], wake: socket.socket
    ) -> None:
        """Args:
        born: called with each new child, so that it is listened to.
        forget: called before a child is given up, so that it is not listened to any more.
        wake: readable when a child has ended.
        """
        self.children: dict[int, Child] = {}
        self.ready: ReadyJudge | None = None
        self.prepared: GradeRequest | None = None
        self._spawner = spawner
        self._born = born
        self._forget = forget
        self._wake = wake
        self._spares: deque[Child] = deque()
        self._spares_wanted = 1
        self._graveyard: deque[Child] = deque()
        self._retired: list[Child] = []
        self._false_starts = 0

    @property
    def serves_run(self) -> bool:
        """One box for a whole run."""
        return self._spawner.box_serves_run

    @property
    def nobody_dying(self) -> bool:
        """Every child that was given up has ended and is buried."""
        return not self._graveyard and not self._retired

    def spawn(self, role: Role) -> Child:
        """A new child. Raises OSError where the system has none to give."""
        child = self._spawner.spawn(role)
        self.children[child.pid] = child
        self._born(child)
        return child

    def take_box(self) -> Child:
        """A box that stands ready, or a new one. Raises OSError."""
        while self._spares:
            box = self._spares.popleft()
            if box.status is None:
                return box
            self.discard(box)
        return self.spawn("box")

    def take_judge(self, request: GradeRequest) -> ReadyJudge:
        """The judge that has been made ready for ``request``, or a new one. Raises OSError."""
        self.prepare(request)
        ready, self.ready = self.ready, None
        return ready or self.new_judge(request)

    def new_judge(self, request: GradeRequest) -> ReadyJudge:
        child = self.spawn("judge")
        child.channel.send(messages.encode(messages.JudgeSetup(request.grader)))
        return ReadyJudge(child, _key(request))

    def prepare(self, request: GradeRequest) -> None:
        """From now on have a judge and boxes ready for this exercise."""
        # Boxes are forked from this process: what it does not hold they cannot find.
        self.prepared = msgspec.structs.replace(request, source=b"")
        self._false_starts = 0
        self._spares_wanted = 1 if self.serves_run else min(len(request.requirements) + 1, MOST_SPARES)
        if self.ready is not None and self.ready.key != _key(request):
            ready, self.ready = self.ready, None
            self.discard(ready.child)

    def rest(self) -> None:
        """Keep nothing ready: the learner is elsewhere."""
        self.prepared, self._spares_wanted = None, 0
        if self.ready is not None:
            ready, self.ready = self.ready, None
            self.discard(ready.child)
        while self._spares:
            self.discard(self._spares.popleft())

    def discard(self, child: Child) -> None:
        """Kill it; it is buried when there is time."""
        self._forget(child)
        child.kill()
        self._graveyard.append(child)

    def retire(self, child: Child) -> None:
        """Like ``discard``, for a box that has done its work while its run goes on.

        To tear a process down beside the next one costs more than anything else in a run. One that has started nothing
        and holds little is only stopped, and ended with the others when the run is over.
        """
        if child.status is None and len(self._retired) < MOST_SPARES:
            with contextlib.suppress(OSError):
                if children_of(child.pid) or resident(child.pid) > child.resident_when_awake + MOST_RETIRED_BYTES:
                    self.discard(child)
                    return
                os.kill(child.pid, signal.SIGSTOP)
                self._forget(child)
                self._retired.append(child)
                return
        self.discard(child)

    def end_retired(self) -> None:
        """The run is over."""
        while self._retired:
            child = self._retired.pop()
            child.kill()
            self._graveyard.append(child)

    def woke(self, child: Child) -> None:
        """A box has said that it is ready."""
        self._false_starts = 0

    def ended(self, child: Child) -> None:
        """A child that no run uses has ended by itself."""
        if self.ready is not None and child is self.ready.child:
            # It said why before it went; a run that wants it will read that and start another.
            self.ready, self.prepared = None, None
            self.discard(child)
        elif child in self._spares:
            self._false_starts += 0 if child.awake else 1
            self._spares.remove(child)
            self.discard(child)

    def housekeep(self) -> bool:
        """One piece of work for a quiet moment; False where there is none left."""
        # Only who has ended is buried: waiting for the others could take as long as they like.
        for child in self._graveyard:
            if child.status is not None:
                self._graveyard.remove(child)
                self._bury(child)
                return True
        if self.prepared is not None and self.ready is None:
            with contextlib.suppress(OSError):
                self.ready = self.new_judge(self.prepared)
                return True
        if len(self._spares) < self._spares_wanted and self._false_starts < MOST_FALSE_STARTS:
            with contextlib.suppress(OSError):
                self._spares.append(self.spawn("box"))
                return True
        return False

    def _bury(self, child: Child) -> None:
        self.children.pop(child.pid, None)
        child.close()
        if not self._spawner.boxes_end_alone:
            end_strays(self.children)

    def end_all(self) -> None:
        """Kill every child, and what children left behind, and wait for them: nobody would after this process."""
        self._retired.clear()
        for child in list(self.children.values()):
            child.kill()
        wait_for_all(self.children, self._wake)


def end_strays(known: dict[int, Any]) -> None:
    """End what a box started and left behind: as subreaper this process has inherited it."""
    with contextlib.suppress(OSError):
        listed = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
        for pid in map(int, listed):
            if pid not in known:
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)


def wait_for_all(known: dict[int, Any], wake: socket.socket) -> None:
    """Wait until no child is left, ending strays meanwhile; for two seconds at most."""
    deadline = time.monotonic() + ENDING_SECONDS
    while time.monotonic() < deadline:
        end_strays(known)
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                select.select([wake], [], [], 0.02)
        except ChildProcessError:
            return


def _key(request: GradeRequest) -> tuple[Any, ...]:
    """What a ready judge depends on."""
    try:
        stat = Path(request.grader).stat()
    except OSError:
        return (request.grader, request.requirements)
    return (request.grader, request.requirements, stat.st_mtime_ns, stat.st_size)

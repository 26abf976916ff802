"""The server: imports everything once, forks judges and boxes, and is their only supervisor.

It runs no code of a pack or of a learner, stays at one thread and never touches CUDA. See ``launch`` for its start.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import select
import selectors
import signal
import socket
import time
from collections import deque
from pathlib import Path
from typing import Any

from tutor import locale
from tutor.grading import faults, messages
from tutor.grading.frames import BadFrame, Channel, ChannelClosed
from tutor.grading.report import Cancelled, Done, Event, GradeRequest, Status
from tutor.grading.run import Run
from tutor.grading.spawn import Child, Role, Spawner
from tutor.grading.system import grown_by, has_cuda, resident, settle_memory
from tutor.grading.verdict import compose

MOST_SPARES = 8
MOST_FALSE_STARTS = 3
"""Boxes in a row that ended before they were ready; after that none is made ahead, and a run says what is wrong."""
ENDING_SECONDS = 2.0
"""Seconds in which killed children should have ended."""
MEMORY_LOOK = 0.25
"""Seconds between two looks at a box's resident memory."""


class ReadyJudge:
    """A judge that has collected a grader, or is about to, and waits."""

    def __init__(self, child: Child, key: tuple[Any, ...]) -> None:
        self.child = child
        self.key = key
        self.heard: list[bytes] = []


class Server:
    """The loop, the pools of judges and boxes, and the run of the moment."""

    def __init__(self, client: Channel, spawner: Spawner, active: tuple[str, ...]) -> None:
        self._client = client
        self._spawner = spawner
        self._active = active
        self._selector = selectors.DefaultSelector()
        self._selector.register(client, selectors.EVENT_READ, "client")
        self._run: Run | None = None
        self._ready: ReadyJudge | None = None
        self._spares: deque[Child] = deque()
        self._spares_wanted = 1
        self._prepared: GradeRequest | None = None
        self._graveyard: deque[Child] = deque()
        self._children: dict[int, Child] = {}
        self._announced = False
        self._cuda: bool | None = None
        self._imported: set[str] = set()
        self._memory_looked = 0.0
        self._false_starts = 0
        self._wake_reader, wake_writer = socket.socketpair()
        for end in (self._wake_reader, wake_writer):
            end.setblocking(False)
        self._wake_writer = wake_writer
        signal.set_wakeup_fd(wake_writer.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._selector.register(self._wake_reader, selectors.EVENT_READ, "wake")

    # What a run asks for

    def emit(self, event: Event) -> None:
        self._client.send(messages.encode(event))

    def take_box(self) -> Child:
        while self._spares:
            box = self._spares.popleft()
            if box.status is None:
                return box
            self.discard(box)
        return self._spawn("box")

    def discard(self, child: Child) -> None:
        self._forget(child)
        child.kill()
        self._graveyard.append(child)

    def _spawn(self, role: Role) -> Child:
        child = self._spawner.spawn(role)
        self._children[child.pid] = child
        self._selector.register(child.channel, selectors.EVENT_READ, child)
        if child.output is not None:
            self._selector.register(child.output, selectors.EVENT_READ, ("output", child))
        return child

    def _forget(self, child: Child) -> None:
        for key in (child.channel, child.output):
            with contextlib.suppress(KeyError, ValueError):
                if key is not None:
                    self._selector.unregister(key)

    # The loop

    def serve(self) -> None:
        """Until the client is gone or says so."""
        # Forked processes are ready as soon as the server is; standby ones import everything first.
        self._announced = not self._spawner.box_serves_run
        if self._announced:
            self.emit(Status("ready", confinement=self._active))
        try:
            while self._turn():
                pass
        finally:
            self._end_children()

    def _end_children(self) -> None:
        """Kill every child, and what children left behind, and wait for them: nobody would after this process."""
        for child in list(self._children.values()):
            child.kill()
        deadline = time.monotonic() + ENDING_SECONDS
        while time.monotonic() < deadline:
            self._end_strays()
            try:
                if os.waitpid(-1, os.WNOHANG)[0] == 0:
                    select.select([self._wake_reader], [], [], 0.02)
            except ChildProcessError:
                return

    def _turn(self) -> bool:
        for child in (self._run.judge, self._run.box) if self._run else ():
            if child is not None:
                self._interest(child.channel, child)
        self._interest(self._client, "client")
        for key, events in self._selector.select(self._patience()):
            if key.data == "client":
                if events & selectors.EVENT_WRITE:
                    self._client.flush()
                if events & selectors.EVENT_READ and not self._hear_client():
                    return False
            elif key.data == "wake":
                with contextlib.suppress(BlockingIOError):
                    self._wake_reader.recv(4096)
            elif isinstance(key.data, tuple):
                self._hear_output(key.data[1])
            elif isinstance(key.data, Child):
                if events & selectors.EVENT_WRITE:
                    key.data.channel.flush()
                if events & selectors.EVENT_READ:
                    self._hear_child(key.data)
        self._reap()
        self._look_at_clock()
        if self._run is not None and self._run.finished:
            self._run = None
        return True

    def _interest(self, channel: Channel, data: object) -> None:
        """Also wait until a channel can be written to, while something waits for that."""
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if channel.wants_write else 0)
        with contextlib.suppress(KeyError, ValueError):
            if self._selector.get_key(channel).events != wanted:
                self._selector.modify(channel, wanted, data)

    def _patience(self) -> float | None:
        """Seconds that the loop may sleep."""
        if self._run is not None:
            left = self._run.next_deadline - time.monotonic()
            return max(0.0, min(left, MEMORY_LOOK))
        return 0 if self._housekeep() else None

    def _housekeep(self) -> bool:
        """One piece of work for a quiet moment; False where there is none left."""
        if self._graveyard:
            self._bury(self._graveyard.popleft())
            return True
        if self._prepared is not None and self._ready is None:
            self._ready = self._new_judge(self._prepared)
            return True
        if len(self._spares) < self._spares_wanted and self._false_starts < MOST_FALSE_STARTS:
            with contextlib.suppress(OSError):
                self._spares.append(self._spawn("box"))
                return True
        return False

    def _bury(self, child: Child) -> None:
        child.wait()
        self._children.pop(child.pid, None)
        child.close()
        if not self._spawner.boxes_end_alone:
            self._end_strays()

    def _end_strays(self) -> None:
        """End what a box started and left behind: as subreaper the server has inherited it."""
        with contextlib.suppress(OSError):
            listed = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
            for pid in map(int, listed):
                if pid not in self._children:
                    with contextlib.suppress(OSError):
                        os.kill(pid, signal.SIGKILL)

    def _reap(self) -> None:
        """Wait for whatever has ended."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            child = self._children.get(pid)
            if child is None:
                continue
            child.status = os.waitstatus_to_exitcode(status)
            self._ended(child)

    def _ended(self, child: Child) -> None:
        if child.role == "box":
            self._hear_output(child)
        self._hear_child(child)
        run = self._run
        if run is not None and not run.finished:
            if child is run.judge:
                run.on_judge_gone()
            elif child is run.box:
                run.on_box_gone()
        if self._ready is not None and child is self._ready.child:
            # It said why before it went; a run that wants it will read that and start another.
            self._ready, self._prepared = None, None
            self.discard(child)
        elif child in self._spares:
            self._false_starts += 0 if child.awake else 1
            self._spares.remove(child)
            self.discard(child)

    def _look_at_clock(self) -> None:
        run = self._run
        if run is None or run.finished:
            return
        now = time.monotonic()
        run.tick(now)
        if run.box is not None and run.box.awake and now - self._memory_looked >= MEMORY_LOOK:
            self._memory_looked = now
            allowed = run.request.memory_mb * 2**20
            if grown_by(run.box.pid, run.box.resident_when_awake) > allowed:
                run.over_memory()

    # The children

    def _hear_child(self, child: Child) -> None:
        run = self._run
        try:
            frames = child.channel.receive()
        except (ChannelClosed, BadFrame) as error:
            self._forget(child)
            if run is not None and child is run.box and child.status is None:
                run.on_bad_channel(error)
            return
        if child.role == "box" and not child.awake and frames:
            child.awake, child.resident_when_awake = True, resident(child.pid)
            self._false_starts = 0
            if not self._announced:
                self._announced = True
                self.emit(Status("ready", confinement=self._active))
            frames = frames[1:]
            if run is not None and child is run.box:
                run.on_box_awake()
        for frame in frames:
            if run is not None and not run.finished and child is run.judge:
                run.on_judge(frame)
            elif run is not None and not run.finished and child is run.box:
                run.on_box(frame)
            elif self._ready is not None and child is self._ready.child:
                self._ready.heard.append(frame)

    def _hear_output(self, child: Child) -> None:
        data = child.drain_output()
        if not data and child.output is not None and child.status is None:
            # Closed at the other end: it would be readable for ever.
            with contextlib.suppress(KeyError, ValueError):
                self._selector.unregister(child.output)
        if self._run is not None and child is self._run.box:
            self._run.on_output(data)

    # The client

    def _hear_client(self) -> bool:
        """Read every command and act on the newest of a kind; False at the end."""
        try:
            frames = self._client.receive()
        except (ChannelClosed, BadFrame):
            return False
        newest: messages.Grade | None = None
        for frame in frames:
            message = messages.decode_to_server(frame)
            match message:
                case messages.Grade():
                    if newest is not None:
                        self.emit(Cancelled(newest.request.run))
                    newest = message
                case messages.Prepare(request):
                    self._prepare(request)
                case messages.Cancel(run):
                    if newest is not None and newest.request.run == run:
                        self.emit(Cancelled(run))
                        newest = None
                    elif self._run is not None and self._run.request.run == run:
                        self._give_up()
                case messages.Quit():
                    return False
        if newest is not None:
            self._give_up()
            self._grade(newest.request)
        return True

    def _give_up(self) -> None:
        run, self._run = self._run, None
        if run is not None and not run.finished:
            run.abandon()
            self.emit(Cancelled(run.request.run))

    def _prepare(self, request: GradeRequest) -> None:
        self._import(request.needs)
        self._prepared = request
        self._spares_wanted = 1 if self._spawner.box_serves_run else min(len(request.requirements) + 1, MOST_SPARES)
        if self._ready is not None and self._ready.key != _key(request):
            ready, self._ready = self._ready, None
            self.discard(ready.child)

    def _import(self, needs: tuple[str, ...]) -> None:
        """Import what an exercise needs here, once, so that every judge and box has it."""
        for name in needs:
            if name not in self._imported:
                self._imported.add(name)
                # A missing library is reported by the grader that imports it, with its own name.
                with contextlib.suppress(Exception):
                    importlib.import_module(name)
                    for part in _PARTS.get(name, ()):
                        importlib.import_module(part)
                settle_memory()

    def _grade(self, request: GradeRequest) -> None:
        locale.use(request.language if request.language in locale.LANGUAGES else "en")
        device = self._device(request)
        if device is None:
            fault = (
                faults.device("cuda")
                if "cuda" in request.devices
                else faults.unsupported_device("cuda", request.devices)
            )
            self.emit(Done(request.run, compose(request, request.device, {}, fault, 0.0)))
            return
        self._prepare(request)
        try:
            ready = self._ready or self._new_judge(request)
        except OSError as error:
            self.emit(Done(request.run, compose(request, device, {}, faults.grader(str(error)), 0.0)))
            return
        self._ready = None
        run = self._run = Run(request, device, ready.child, self, box_serves_run=self._spawner.box_serves_run)
        for frame in ready.heard:
            run.on_judge(frame)

    def _new_judge(self, request: GradeRequest) -> ReadyJudge:
        child = self._spawn("judge")
        child.channel.send(messages.encode(messages.JudgeSetup(request.grader)))
        return ReadyJudge(child, _key(request))

    def _device(self, request: GradeRequest) -> str | None:
        """The device of a run; None where the one asked for is not to be had."""
        if request.device == "cpu" or (request.device == "auto" and "cuda" not in request.devices):
            return "cpu"
        if "cuda" not in request.devices:
            return None
        if self._cuda is None:
            self._cuda = has_cuda()
        if self._cuda:
            return "cuda"
        return "cpu" if request.device == "auto" else None


# A library whose parts are imported on demand: what graders and lessons use of it.
_PARTS = {"sklearn": ("sklearn.datasets", "sklearn.metrics", "sklearn.linear_model", "sklearn.model_selection")}


def _key(request: GradeRequest) -> tuple[Any, ...]:
    """What a ready judge depends on."""
    try:
        stat = Path(request.grader).stat()
    except OSError:
        return (request.grader, request.requirements)
    return (request.grader, request.requirements, stat.st_mtime_ns, stat.st_size)

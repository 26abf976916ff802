"""The server: forks judges and boxes from what it has imported, and is their only supervisor.

It runs no code of a pack or of a learner, stays at one thread and never touches CUDA. See ``launch`` for its start.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import socket
import time
from pathlib import Path

from tutor import locale
from tutor.grading import faults, messages
from tutor.grading.frames import BadFrame, Channel, ChannelClosed
from tutor.grading.gpu import SHARE, Turn, has_cuda
from tutor.grading.nursery import Nursery
from tutor.grading.report import Cancelled, Done, Event, Fault, GradeRequest, Status
from tutor.grading.run import Run
from tutor.grading.spawn import Child, Spawner
from tutor.grading.system import grown_by, resident
from tutor.grading.verdict import compose
from tutor.locale import _

MEMORY_LOOK = 0.25
"""Seconds between two looks at a box's resident memory."""
GPU_LOOK = 0.2
"""Seconds between two questions whether the GPU is free."""


def wake_up_at_child_end() -> socket.socket:
    """A socket that becomes readable whenever a child of this process ends."""
    reader, writer = socket.socketpair()
    for end in (reader, writer):
        end.setblocking(False)
    signal.set_wakeup_fd(writer.detach(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    return reader


class Server:
    """The loop, the children, and the run of the moment."""

    def __init__(self, client: Channel, spawner: Spawner, active: tuple[str, ...], locks: Path) -> None:
        """Args:
        active: names of the protections that boxes have.
        locks: folder that all tutors of this machine share, for the GPU's lock.
        """
        self._client = client
        self._active = active
        self._selector = selectors.DefaultSelector()
        self._selector.register(client, selectors.EVENT_READ, "client")
        self._wake = wake_up_at_child_end()
        self._selector.register(self._wake, selectors.EVENT_READ, "wake")
        self._nursery = Nursery(spawner, self._listen_to, self._forget, self._wake)
        self._run: Run | None = None
        self._waiting: GradeRequest | None = None
        """A run that is to have the GPU when another tutor is through with it."""
        self._turn_at_gpu = Turn(locks)
        self._announced = False
        self._cuda: bool | None = None
        self._memory_looked = 0.0

    # What a run asks for

    def emit(self, event: Event) -> None:
        self._client.send(messages.encode(event))

    def take_box(self) -> Child:
        return self._nursery.take_box()

    def discard(self, child: Child) -> None:
        self._nursery.discard(child)

    def retire(self, child: Child) -> None:
        self._nursery.retire(child)

    def _listen_to(self, child: Child) -> None:
        self._selector.register(child.channel, selectors.EVENT_READ, child)
        if child.output is not None:
            self._selector.register(child.output, selectors.EVENT_READ, ("output", child))

    def _forget(self, child: Child) -> None:
        for key in (child.channel, child.output):
            with contextlib.suppress(KeyError, ValueError):
                if key is not None:
                    self._selector.unregister(key)

    # The loop

    def serve(self) -> None:
        """Until the client is gone or says so."""
        # Forked processes are ready as soon as the server is; standby ones import everything first.
        if not self._nursery.serves_run:
            self._announce()
        try:
            while self._turn():
                pass
        finally:
            self._nursery.end_all()

    def _announce(self) -> None:
        self._announced = True
        self.emit(Status("ready", confinement=self._active))

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
                    self._wake.recv(4096)
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
        if self._run is None:
            self._nursery.end_retired()
        self._look_at_gpu()
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
        if self._nursery.housekeep():
            return 0
        return None if self._waiting is None else GPU_LOOK

    def _reap(self) -> None:
        """Wait for whatever has ended."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if os.WIFSTOPPED(status):
                # It has asked to be traced by its parent, which nobody honest does.
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
                continue
            child = self._nursery.children.get(pid)
            if child is not None:
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
        self._nursery.ended(child)

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
            self._nursery.woke(child)
            if not self._announced:
                self._announce()
            frames = frames[1:]
            if run is not None and child is run.box:
                run.on_box_awake()
        ready = self._nursery.ready
        for frame in frames:
            if run is not None and not run.finished and child is run.judge:
                run.on_judge(frame)
            elif run is not None and not run.finished and child is run.box:
                run.on_box(frame)
            elif ready is not None and child is ready.child:
                ready.heard.append(frame)

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
                    self._nursery.prepare(request)
                case messages.Cancel(run):
                    if newest is not None and newest.request.run == run:
                        self.emit(Cancelled(run))
                        newest = None
                    else:
                        self._give_up(run)
                case messages.Rest(give_up):
                    if give_up:
                        self._give_up()
                    self._nursery.rest()
                case messages.Quit():
                    return False
        if newest is not None:
            self._give_up()
            self._grade(newest.request)
        return True

    def _give_up(self, number: int | None = None) -> None:
        """Give up the run with this number, or whichever there is."""
        waiting = self._waiting
        if waiting is not None and number in (None, waiting.run):
            self._waiting = None
            self.emit(Cancelled(waiting.run))
        run = self._run
        if run is not None and number in (None, run.request.run):
            self._run = None
            if not run.finished:
                run.abandon()
                self.emit(Cancelled(run.request.run))

    def _grade(self, request: GradeRequest) -> None:
        locale.use(request.language if request.language in locale.LANGUAGES else "en")
        device = self._device(request)
        if device is None:
            fault = (
                faults.device("cuda")
                if "cuda" in request.devices
                else faults.unsupported_device("cuda", request.devices)
            )
            self._refuse(request, request.device, fault)
        elif device == "cuda":
            self._waiting = request
            self._look_at_gpu()
            if self._waiting is not None and self._nursery.nobody_dying:
                message = _("Another tutor is using the GPU: this run waits for it ({variable}=1 shares it).")
                self.emit(Status("ready", message.format(variable=SHARE), self._active))
        else:
            self._start(request, device)

    def _look_at_gpu(self) -> None:
        """Start the run that waits for the GPU if it is free; give it back once nobody of ours is on it."""
        if self._waiting is not None:
            if self._nursery.nobody_dying and self._turn_at_gpu.take():
                request, self._waiting = self._waiting, None
                self._start(request, "cuda")
        elif self._run is None and self._nursery.nobody_dying:
            self._turn_at_gpu.give_back()

    def _refuse(self, request: GradeRequest, device: str, fault: Fault) -> None:
        self.emit(Done(request.run, compose(request, device, {}, fault, 0.0)))

    def _start(self, request: GradeRequest, device: str) -> None:
        try:
            ready = self._nursery.take_judge(request)
        except OSError as error:
            self._refuse(request, device, faults.grader(str(error)))
            return
        # Each process pays for a CUDA context of its own, most of a second: on a GPU one box serves the run.
        whole_run = self._nursery.serves_run or device == "cuda"
        run = self._run = Run(request, device, ready.child, self, box_serves_run=whole_run)
        for frame in ready.heard:
            run.on_judge(frame)

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

"""The server: imports everything once, forks judges and boxes, and is their only supervisor.

It runs no code of a pack or of a learner, stays at one thread and never touches CUDA. Started by the client as
``python -m tutor.grading.server OPTIONS``; a first process takes the namespaces, its child is the server proper.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import select
import selectors
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections import deque
from pathlib import Path
from typing import Any

import msgspec

from tutor import locale
from tutor.grading import confine, faults, messages
from tutor.grading.frames import BadFrame, BlockingChannel, Channel, ChannelClosed
from tutor.grading.options import ServerOptions
from tutor.grading.report import Cancelled, Done, Event, GradeRequest, Status
from tutor.grading.run import Run, compose
from tutor.grading.spawn import Child, ForkSpawner, Role, Spawner, StandbySpawner

MOST_SPARES = 8
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
            for child in list(self._children.values()):
                child.kill()

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
        if len(self._spares) < self._spares_wanted:
            with contextlib.suppress(OSError):
                self._spares.append(self._spawn("box"))
                return True
        return False

    def _bury(self, child: Child) -> None:
        child.wait()
        self._children.pop(child.pid, None)
        child.close()
        if "pid" not in self._active:
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
            self._spares.remove(child)
            self.discard(child)

    def _look_at_clock(self) -> None:
        run = self._run
        if run is None or run.finished:
            return
        now = time.monotonic()
        run.tick(now)
        if run.box is not None and now - self._memory_looked >= MEMORY_LOOK:
            self._memory_looked = now
            allowed = run.request.memory_mb * 2**20
            if _grown_by(run.box.pid, run.box.resident_when_awake) > allowed:
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
            child.awake, child.resident_when_awake = True, _resident(child.pid)
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


def _resident(pid: int) -> int:
    """Bytes of resident memory of a process; 0 where it cannot be read."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError):
        return 0


def _grown_by(pid: int, before: int, depth: int = 0) -> int:
    """Bytes of resident memory that a box and what it forked have taken beyond ``before``, which each started with."""
    total = max(0, _resident(pid) - before)
    if depth < 4:
        with contextlib.suppress(OSError, ValueError):
            for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
                total += _grown_by(int(child), before, depth + 1)
    return total


def has_cuda() -> bool:
    """Whether torch sees a GPU; asked in a process that is thrown away, so that this one never touches CUDA."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.environ["PYTORCH_NVML_BASED_CUDA_CHECK"] = "1"
            import torch

            status = 0 if torch.cuda.is_available() else 1
        finally:
            os._exit(status)
    _, code = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(code) == 0


def settle_memory() -> None:
    """Keep the garbage collector of every child away from what is here now: it would copy all those pages."""
    import gc

    gc.collect()
    gc.freeze()


def import_everything(needs: tuple[str, ...]) -> None:
    """Import torch, pytest and what common first calls would import, and let pytest run once."""
    import torch
    import torch._dynamo  # any optimizer imports it: two seconds, if not here
    import torch.testing
    import torch.utils.checkpoint
    import torch.utils.data

    from tutor.grading import judge

    torch.set_num_threads(1)
    for name in needs:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    judge.rehearse()


def _serve_child(role: Role, channel: BlockingChannel, trace: int, rules: confine.Landlock | None) -> None:
    if role == "judge":
        from tutor.grading import judge

        confine.hide_memory()
        judge.serve(channel)
    else:
        from tutor.grading import box

        box.serve(channel, trace, rules)


def main(arguments: list[str]) -> None:
    options = msgspec.json.decode(arguments[0], type=ServerOptions)
    sock = socket.socket(fileno=options.channel)
    base = Path(tempfile.mkdtemp(prefix="tutor-"))
    active = confine.take_namespaces(base, options.confinement)
    if "pid" in active:
        _stand_by(sock, base)
        if confine.mount_proc():
            active = (*active, "proc")
    try:
        _serve(sock, base, active, options)
    finally:
        shutil.rmtree(base, ignore_errors=True)
        sys.stdout.flush()
        os._exit(0)


def _stand_by(sock: socket.socket, base: Path) -> None:
    """Fork the server as the first process of the new PID namespace; the caller stays outside and ends with it."""
    pid = os.fork()
    if pid == 0:
        confine.die_with_parent()
        return
    watch = select.poll()
    watch.register(sock.fileno(), select.POLLHUP | getattr(select, "POLLRDHUP", 0))
    ended = os.pidfd_open(pid)
    watch.register(ended, select.POLLIN)
    for fd, _ in watch.poll():
        if fd == sock.fileno():
            # The client is gone. The server notices too, unless it is deep in an import: it gets a moment.
            select.select([ended], [], [], 2.0)
    with contextlib.suppress(OSError):
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    shutil.rmtree(base, ignore_errors=True)
    os._exit(min(abs(os.waitstatus_to_exitcode(status)), 255))


def _serve(sock: socket.socket, base: Path, active: tuple[str, ...], options: ServerOptions) -> None:
    os.environ["TMPDIR"] = str(base)
    tempfile.tempdir = None
    confine.become_subreaper()
    spawner: Spawner
    if options.spawn == "standby":
        spawner = StandbySpawner(base, [Path(path) for path in options.hidden])
        active = (*active, "limits")
    else:
        import_everything(options.needs)
        namespaces = confine.pid_namespaces() if "pid" in options.confinement else None
        rules = (
            confine.landlock(base, [Path(path) for path in options.hidden])
            if "landlock" in options.confinement
            else None
        )
        confine.hide_memory()
        active = (*active, *(("landlock",) if rules else ()), "limits")

        def serve_child(role: Role, channel: BlockingChannel, trace: int) -> None:
            _serve_child(role, channel, trace, rules)

        spawner = ForkSpawner(base, serve_child, namespaces, rules)
        settle_memory()
    Server(Channel(sock), spawner, active).serve()


if __name__ == "__main__":
    main(sys.argv[1:])

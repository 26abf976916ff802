"""Several processes that train together, inside a probe: ``ranks``.

::

    def worker(rank, world_size, submission, x):
        torch.manual_seed(0)
        model = DistributedDataParallel(nn.Linear(4, 1))
        submission.step(model, x[rank])
        return [p.detach() for p in model.parameters()]

    @probe
    def trained(submission, x):
        return ranks(2, worker, submission, x)      # what each rank returned, rank 0 first

The ranks are real processes on this machine. They meet through a file and talk over the loopback interface, so no port
is taken. Whatever happens, all of them are gone when ``ranks`` returns or raises.
"""

from __future__ import annotations

import contextlib
import dataclasses
import faulthandler
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, NoReturn, TypeVar

import torch

from tutor.locale import _
from tutor.testing import rank_process
from tutor.testing.rank_group import Member, supervise
from tutor.testing.rank_process import Pipes, Task

T = TypeVar("T")
Start = Literal["fork", "fresh"]

PATIENCE = 60.0
"""Seconds that ranks may take where nobody set a deadline."""
MARGIN = 0.4
"""Seconds before the deadline of the surroundings by which the ranks must have ended, so that the probe can say so."""
MOST_RANKS = 16
_START = "import sys; from tutor.testing import rank_process; rank_process.main(sys.argv[1:])"


@dataclasses.dataclass(frozen=True)
class Surroundings:
    """What the process that calls ``ranks`` is part of."""

    deadline: float | None = None
    """As of ``time.monotonic``: when this process will be ended."""
    file: str = ""
    """The submission, whose lines are of interest."""
    describe: Callable[[BaseException], Any] | None = None
    """Makes an exception's description, for ``RankFailed.described``, in the rank where it was raised."""
    private: tuple[int, ...] = ()
    """Descriptors that no rank may touch."""
    watch: Callable[[], None] | None = None
    """Sets the faulthandler timer of this process again: forking needs it stopped."""


_surroundings = Surroundings()


def use_surroundings(surroundings: Surroundings) -> None:
    """From now on, in this process, ``ranks`` knows of ``surroundings``."""
    global _surroundings
    _surroundings = surroundings


@dataclasses.dataclass(frozen=True)
class RankEnd:
    """How a rank came to its end."""

    rank: int
    """Which one; of several that hang, the first."""
    world_size: int
    ended: Literal["raised", "signal", "exit", "hung"]
    """It raised, was killed, left, or ran into the deadline."""
    status: int = 0
    """Number of the signal, or exit status."""
    seconds: float = 0.0
    """How long all of it took."""
    line: int | None = None
    """Where in the submission it was, from 1, where that is known. Of what it raised the exception knows."""
    running: tuple[tuple[int, int | None], ...] = ()
    """In a hang: the ranks that had not ended, each with its line."""
    finished: tuple[int, ...] = ()
    """The ranks that had already returned."""
    waited: bool = False
    """It raised because another, which had already returned, no longer answered."""


class RankFailed(RuntimeError):
    """One of several ranks did not return.

    Attributes:
        end: which, and how it came to its end.
        kind, text: class and words of the exception that it raised, if it did.
        described: what the surroundings made of that exception.
        missing: (module, name) where a module lacks that name.
    """

    def __init__(
        self,
        end: RankEnd,
        kind: str = "",
        text: str = "",
        described: Any = None,
        missing: tuple[str, str] | None = None,
    ) -> None:
        self.end = end
        self.kind = kind
        self.text = text
        self.described = described
        self.missing = missing
        own = end.ended == "raised" and not end.waited
        super().__init__(f"rank {end.rank} of {end.world_size}: {kind}: {text}" if own else ending(end))


def ending(end: RankEnd) -> str:
    """What became of a rank, in the current language; of one that raised, only that it waited in vain."""
    at = _(" (line {line})").format(line=end.line) if end.line else ""
    finished = _(", ").join(str(rank) for rank in end.finished)
    if end.ended == "raised":
        return _(
            "Rank {rank} waited{at} for ranks that had already finished (finished: {finished}). Every rank must make "
            "each collective call, with tensors of the same size and dtype."
        ).format(rank=end.rank, at=at, finished=finished)
    if end.ended == "hung":
        places = [
            _("rank {rank} in line {line}").format(rank=rank, line=line) if line else _("rank {rank}").format(rank=rank)
            for rank, line in end.running
        ]
        text = _("After {seconds:.2g} s not every rank had finished, and all were stopped. Still running: {places}.")
        text = text.format(seconds=end.seconds, places=_(", ").join(places))
        if end.finished:
            text += _(" Finished: {finished}.").format(finished=finished)
        return text + _(" A collective call, such as all_reduce, returns only when every rank has made it.")
    if end.ended == "signal":
        try:
            name = signal.Signals(end.status).name
        except ValueError:
            name = str(end.status)
        text = _("The process of rank {rank} was ended by {signal}{at}.").format(rank=end.rank, signal=name, at=at)
        if end.status == signal.SIGABRT:
            text += _(" That happens where ranks pass tensors of different size or dtype to one collective call.")
        return text
    return _(
        "Rank {rank} ended its process{at} (sys.exit, os._exit or quit, status {status}) instead of returning."
    ).format(rank=end.rank, at=at, status=end.status)


def ranks(
    world_size: int,
    function: Callable[..., T],
    *args: Any,
    device: torch.device | str = "cpu",
    group: bool = True,
    timeout: float | None = None,
) -> list[T]:
    """Run ``function(rank, world_size, *args)`` in ``world_size`` processes at once, and return what each returned.

    Each rank has its own copy of ``args``, one thread, its own random seed (as separate programs have: what must be
    equal in all of them, seed or broadcast), the variables that torchrun sets, and a process group: gloo, or nccl where
    each has a GPU to itself. What it prints stands under "[rank 1]"; its curves and pictures are shown, those of rank 1
    and above with the rank in their name. A parameter of ``function`` named ``device`` receives the rank's device.

    Args:
        world_size: 1 to 16.
        function: of the grader, or of the submission.
        args: for every rank; tensors are moved to the rank's device.
        device: what the probe received as its ``device``.
        group: False where the submission itself calls ``init_process_group(backend)``; it finds the others then.
        timeout: seconds; at most, and by default, what is left to the probe but a little.

    Returns:
        The results in the order of the ranks, their tensors on the CPU.

    Raises:
        RankFailed: a rank raised, died or did not come to an end. It says which, and in which line.
        ValueError: ``world_size`` or ``timeout`` makes no sense.
    """
    return _ranks(world_size, function, args, torch.device(device), group, timeout, _start_for(sys.platform))


def _start_for(platform: str) -> Start:
    """A forked process cannot use a GPU that its parent has used, and beyond Linux a fork is not safe at all."""
    return "fork" if platform == "linux" and not torch.cuda.is_initialized() else "fresh"  # type: ignore[no-untyped-call]


def _ranks(
    world_size: int,
    function: Callable[..., Any],
    args: tuple[Any, ...],
    device: torch.device,
    group: bool,
    timeout: float | None,
    start: Start,
) -> list[Any]:
    if not 1 <= world_size <= MOST_RANKS:
        raise ValueError(f"ranks() takes a world_size of 1 to {MOST_RANKS}, not {world_size}")
    if timeout is not None and not timeout > 0:
        raise ValueError(f"ranks() takes a timeout in seconds, not {timeout}")
    around = _surroundings
    begun = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="ranks-", dir=os.environ.get("TMPDIR")))
    # From the generator's state, so that it depends on the seed of the run, and differs from call to call.
    seed = int(torch.empty((), dtype=torch.int64, device="cpu").random_(2**31, generator=torch.default_generator))
    task = Task(
        world_size, function, args, device, group, folder, _deadline(begun, timeout, around), seed, around.describe
    )
    members: list[Member] = []
    leave, alive = os.pipe()
    try:
        _flush()
        faulthandler.cancel_dump_traceback_later()
        try:
            launch = _forked if start == "fork" else _fresh(task)
            for rank in range(world_size):
                members.append(launch(task, rank, leave, alive, around.private))
        finally:
            if around.watch is not None:
                around.watch()
        failure = supervise(members, task.deadline)
        if failure is None:
            return [member.result() for member in members]
        raise _failed(failure, members, time.monotonic() - begun, around.file)
    finally:
        for member in members:
            member.kill()
        for member in members:
            member.close()
        os.close(leave)
        os.close(alive)
        shutil.rmtree(folder, ignore_errors=True)


def _deadline(now: float, timeout: float | None, around: Surroundings) -> float:
    left = PATIENCE
    if around.deadline is not None:
        whole = around.deadline - now
        left = max(whole - MARGIN, whole / 2)
    return now + (left if timeout is None else min(left, timeout) if around.deadline is not None else timeout)


def _failed(member: Member, members: list[Member], seconds: float, file: str) -> RankFailed:
    """The exception that says what became of ``member``, at whose end the others were stopped."""
    end = RankEnd(
        member.rank,
        len(members),
        "raised",
        seconds=seconds,
        finished=tuple(other.rank for other in members if other.value is not None),
    )
    if member.failure is not None:
        kind, text, lines, described, missing = member.failure
        end = dataclasses.replace(end, waited=member.lost_touch and bool(end.finished))
        failed = RankFailed(end, kind, text, described, missing)
        if described is None:
            failed.add_note(lines)
        return failed
    end = dataclasses.replace(end, line=member.line_in(file))
    if member.status is None:
        running = tuple((other.rank, other.line_in(file)) for other in members if not other.told)
        return RankFailed(dataclasses.replace(end, ended="hung", running=running))
    ended: Literal["signal", "exit"] = "signal" if member.status < 0 else "exit"
    return RankFailed(dataclasses.replace(end, ended=ended, status=abs(member.status)))


# Starting a rank


def _pipes(task: Task, leave: int) -> tuple[int, int, Pipes]:
    report, report_in = os.pipe()
    output, output_in = os.pipe()
    with tempfile.TemporaryFile(dir=task.folder, buffering=0) as file:
        trace = os.dup(file.fileno())
    return report, output, Pipes(report_in, output_in, trace, leave)


def _forked(task: Task, rank: int, leave: int, alive: int, private: tuple[int, ...]) -> Member:
    report, output, pipes = _pipes(task, leave)
    with warnings.catch_warnings():
        # Python warns of threads; the ranks do not use what those may hold.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        _child(task, rank, pipes, (report, output, alive), private)
    os.close(pipes.report)
    os.close(pipes.output)
    return Member(rank, pid, report, output, pipes.trace)


def _child(task: Task, rank: int, pipes: Pipes, parents: tuple[int, ...], private: tuple[int, ...]) -> NoReturn:
    try:
        for fd in parents:
            os.close(fd)
        # Replaced and not closed: the number must not come to stand for something else.
        nothing = os.open(os.devnull, os.O_RDWR)
        for fd in private:
            os.dup2(nothing, fd, inheritable=False)
        use_surroundings(dataclasses.replace(_surroundings, private=(), watch=None, deadline=task.deadline))
    except BaseException:
        os._exit(70)
    rank_process.serve(task, rank, pipes)


def _fresh(task: Task) -> Callable[[Task, int, int, int, tuple[int, ...]], Member]:
    file = task.folder / "task"
    file.write_bytes(rank_process.packed(task))

    def launch(task: Task, rank: int, leave: int, _alive: int, _private: tuple[int, ...]) -> Member:
        report, output, pipes = _pipes(task, leave)
        numbers = [str(fd) for fd in (pipes.report, pipes.output, pipes.trace, pipes.leave)]
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", _START, str(file), str(rank), *numbers],
            stdin=subprocess.DEVNULL,
            stdout=pipes.output,
            stderr=pipes.output,
            pass_fds=(pipes.report, pipes.output, pipes.trace, pipes.leave),
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            process_group=0,
        )
        # Waited for by its number here: Popen must not.
        process.returncode = 0
        os.close(pipes.report)
        os.close(pipes.output)
        return Member(rank, process.pid, report, output, pipes.trace)

    return launch


def _flush() -> None:
    """What stands in a buffer would be printed by every rank again."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()

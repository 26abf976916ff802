"""Ranks and devices of a probe, through the engine: the verdict, the sentence, and nothing left."""

from __future__ import annotations

import asyncio
import re
import time
from pathlib import Path

import msgspec
import pytest
from engine_help import descendants, report_of

from tutor.grading import Collected, Engine, GradeRequest, Report, Started, box, calls, faults, rank_ends
from tutor.grading.judge import explain
from tutor.grading.raised import Raised, RankEnd
from tutor.grading.report import RequirementResult
from tutor.testing import ProbeRaised
from tutor.testing.ranks import RankEnd as End
from tutor.testing.ranks import RankFailed

graded = pytest.mark.asyncio(loop_scope="session")

GRADER = """
import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel

from tutor.testing import curve, devices, expect, expect_close, probe, ranks


def worker(rank, world_size, submission, x):
    return submission.total(x * (rank + 1))


@probe
def totals(submission, x):
    return ranks(2, worker, submission, x)


def test_total(tensors):
    x = tensors(3)
    for total in totals(x):
        expect_close(total, 3 * x, what="total")


def training(rank, world_size, submission, x, target):
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1))
    wrapped = DistributedDataParallel(model) if world_size > 1 else model
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    rows = slice(rank * len(x) // world_size, (rank + 1) * len(x) // world_size)
    for _ in range(3):
        optimizer.zero_grad()
        loss = submission.loss(wrapped(x[rows]), target[rows])
        curve("loss", loss)
        loss.backward()
        optimizer.step()
    return [parameter.detach() for parameter in model.parameters()]


@probe
def trained(submission, world_size, x, target):
    return ranks(world_size, training, submission, x, target)


def test_training(tensors):
    x, target = tensors(8, 4), tensors(8, 1)
    (alone,) = trained(1, x, target)
    for together in trained(2, x, target):
        for one, other in zip(together, alone):
            expect_close(one, other, what="parameters", rtol=1e-4, atol=1e-6)


@probe
def staged(submission, x, device):
    with devices(2, device) as (first, second):
        y = submission.staged(x.to(first), second)
        return y, str(y.device), str(second)


def test_stages(tensors):
    x = tensors(3)
    y, device, second = staged(x)
    expect_close(y, 2 * x)
    expect(device == second, en="It lies on {device}.", ja="{device} にあります。", device=device)
"""
TESTS = ("test_total", "test_training", "test_stages")
RIGHT = """import torch
import torch.distributed as dist

def total(x):
    dist.all_reduce(x)
    return x

def loss(output, target):
    return (output - target).square().mean()

def staged(x, second):
    return x.to(second) * 2
"""
LINE = 5
"""Of RIGHT: the collective call."""


def request(folder: Path, source: str, *tests: str, **changes: object) -> GradeRequest:
    grader = folder / "test_ranks_of_this_test.py"
    # The tests that are not asked for must not be there.
    others = "|".join(test for test in TESTS if tests and test not in tests) or "nothing"
    grader.write_text(re.sub(rf"def ({others})\(", r"def other_\1(", GRADER), encoding="utf-8")
    base = GradeRequest(
        run=0,
        exercise="ranks",
        name="submission_under_test",
        grader=str(grader),
        requirements=tests or TESTS,
        source=source.encode(),
        seconds=30,
        run_seconds=120,
        memory_mb=512,
        output_kb=64,
    )
    return msgspec.structs.replace(base, **changes)


async def only(engine: Engine, request: GradeRequest) -> RequirementResult:
    (row,) = (await report_of(engine, request)).requirements
    return row


def in_rank_1(statement: str) -> str:
    """A submission that does something else in rank 1, in the line before the collective call."""
    wrong = RIGHT.replace(
        "    dist.all_reduce(x)\n", f"    if dist.get_rank() == 1: {statement}\n    dist.all_reduce(x)\n"
    )
    return f"import os, signal, ctypes; {wrong}"


@graded
async def test_right_answers_pass(engine: Engine, tmp_path: Path) -> None:
    report: Report = await report_of(engine, request(tmp_path, RIGHT))
    assert report.passed, [row.message for row in report.requirements]
    curves = {(curve.requirement, curve.name): len(curve.values) for curve in report.curves}
    # Of one rank three values, and of rank 0 of two three more.
    assert curves == {("test_training", "loss"): 6, ("test_training", "loss [rank 1]"): 3}


@graded
async def test_the_same_report_again(engine: Engine, tmp_path: Path) -> None:
    """Whichever rank is faster."""
    wrong = RIGHT.replace("    dist.all_reduce(x)\n", "    raise ValueError('in both')\n")
    rows = [await only(engine, request(tmp_path, wrong, "test_total")) for _ in range(3)]
    assert {row.message for row in rows} == {"Rank 0: Your code raised ValueError (line 5): in both"}


@graded
async def test_a_rank_that_raises_is_named_with_its_line(engine: Engine, tmp_path: Path) -> None:
    row = await only(engine, request(tmp_path, in_rank_1("x @ torch.ones(7)"), "test_total"))
    assert (row.verdict, row.fault, row.line) == ("failed", None, LINE)
    assert row.message.startswith("Rank 1: Your code raised RuntimeError (line 5): ")
    assert row.raised is not None
    assert row.raised.rank == RankEnd(1, 2, "raised", seconds=row.raised.rank.seconds if row.raised.rank else 0)
    assert row.raised.frames[-1].code.startswith("if dist.get_rank() == 1")
    assert ("x", (3,)) in {(variable.name, variable.shape) for variable in row.raised.frames[-1].variables}


@graded
@pytest.mark.parametrize(
    ("statement", "kind", "says"),
    [
        ("os.kill(os.getpid(), signal.SIGKILL)", "crash", "The process of rank 1 was ended by SIGKILL."),
        ("ctypes.string_at(0)", "crash", "The process of rank 1 was ended by SIGSEGV (line 5)."),
        (
            "os._exit(3)",
            "exit",
            "Rank 1 ended its process (sys.exit, os._exit or quit, status 3) instead of returning.",
        ),
        ("raise SystemExit", "exit", "Rank 1: Your code ended the program"),
        (
            "raise torch.OutOfMemoryError('CUDA out of memory. Tried')",
            "gpu_memory",
            "Rank 1: The GPU ran out of memory.",
        ),
        ("torch.empty(10**13)", "memory", "Rank 1: Your code asked for more memory"),
    ],
)
async def test_a_rank_that_is_lost_is_a_fault(
    engine: Engine, tmp_path: Path, statement: str, kind: str, says: str
) -> None:
    row = await only(engine, request(tmp_path, in_rank_1(statement), "test_total"))
    assert row.verdict == "error"
    assert row.fault is not None
    assert row.fault.kind == kind
    assert row.message.startswith(says)


@graded
async def test_a_deadlock_is_named_with_its_lines(engine: Engine, tmp_path: Path) -> None:
    wrong = in_rank_1("dist.recv(x, 0)")
    row = await only(engine, request(tmp_path, wrong, "test_total", seconds=4))
    assert row.fault is not None
    assert (row.verdict, row.fault.kind, row.line) == ("error", "timeout", LINE + 1)
    assert "Still running: rank 0 in line 6, rank 1 in line 5." in row.message
    row = await only(engine, request(tmp_path, wrong, "test_total", seconds=3, language="ja"))
    assert "ランク 0（6 行目）" in row.message


@graded
async def test_what_every_rank_lacks_is_said_as_ever(engine: Engine, tmp_path: Path) -> None:
    row = await only(engine, request(tmp_path, "x = 1\n", "test_total"))
    assert (row.verdict, row.message) == ("failed", "Your file does not define `total`.")
    row = await only(engine, request(tmp_path, "def total(x):\n    raise NotImplementedError\n", "test_total"))
    assert (row.verdict, row.message) == ("failed", "Nothing is written here yet (line 2).")
    row = await only(engine, request(tmp_path, "def total(x):\n    return lambda: x\n", "test_total"))
    assert row.verdict == "failed"
    assert "neither a tensor nor a plain value" in row.message


@graded
async def test_two_places_do_not_meet(engine: Engine, tmp_path: Path) -> None:
    wrong = RIGHT.replace("x.to(second) * 2", "x.to(second) + x")
    row = await only(engine, request(tmp_path, wrong, "test_stages"))
    assert row.verdict == "failed"
    assert "found at least two devices, cpu:1 and cpu:0!" in row.message
    assert row.line == 12
    row = await only(engine, request(tmp_path, RIGHT.replace("x.to(second) * 2", "x * 2"), "test_stages"))
    assert row.message == "It lies on cpu:0."


@graded
@pytest.mark.parametrize("confinement", [None, ()], ids=["all", "none"])
async def test_nothing_is_left_of_a_run_that_is_given_up(tmp_path: Path, confinement: tuple[str, ...] | None) -> None:
    """Ranks that hang, when the learner cancels: whatever keeps the box."""
    async with Engine(hidden=[], **({} if confinement is None else {"confinement": confinement})) as own:
        await own.ready()
        pid = own.pid
        assert pid is not None
        events = own.grade(request(tmp_path, in_rank_1("dist.recv(x, 0)"), "test_total"))
        assert isinstance(await anext(events), Collected)
        assert isinstance(await anext(events), Started)
        before = descendants(pid)
        deadline = time.monotonic() + 60
        # The box has no children but its ranks.
        while len(descendants(pid) - before) < 2 and time.monotonic() < deadline:
            await asyncio.sleep(0)
        started = descendants(pid) - before
        assert len(started) >= 2
        await own.cancel()
        [event async for event in events]
        while started & descendants(pid) and time.monotonic() < deadline:
            await asyncio.sleep(0)
        assert not started & descendants(pid)
        assert (await only(own, request(tmp_path, RIGHT, "test_total"))).verdict == "passed"


FRESH = """
import torch
from tutor.testing import probe
from tutor.testing.ranks import _ranks


def worker(rank, world_size, submission, x):
    return submission.total(x * (rank + 1))


@probe
def totals(submission, x):
    return _ranks(2, worker, (submission, x), torch.device("cpu"), True, None, "fresh")


def test_total(tensors):
    x = tensors(3)
    assert all(torch.allclose(total, 3 * x) for total in totals(x))
"""


@graded
async def test_fresh_interpreters_find_their_way_in_a_box(engine: Engine, tmp_path: Path) -> None:
    """As on a GPU, or where a fork is not safe."""
    grader = tmp_path / "test_fresh.py"
    grader.write_text(FRESH, encoding="utf-8")
    patient = {"grader": str(grader), "seconds": 120}
    assert (await only(engine, request(tmp_path, RIGHT, "test_total", **patient))).verdict == "passed"
    row = await only(engine, request(tmp_path, in_rank_1("raise ValueError('here')"), "test_total", **patient))
    assert row.message == "Rank 1: Your code raised ValueError (line 5): here"


# Without a process


def crossed(error: BaseException, missing: str | None = None) -> ProbeRaised:
    """What a probe in the judge raises where a rank did in the box."""
    assert isinstance(error, RankFailed)
    with pytest.raises(ProbeRaised) as caught:
        calls.read_answer(calls.raised(rank_ends.raised(error), missing))
    return caught.value


def test_how_a_rank_ended_crosses_as_it_is() -> None:
    end = End(0, 3, "hung", 0, 2.96, 9, ((0, 9), (1, None)), (2,))
    result = explain("test_one", crossed(RankFailed(end)))
    assert (result.verdict, result.line) == ("error", 9)
    assert result.fault is not None
    assert result.fault.kind == "timeout"
    assert result.raised is not None
    assert result.raised.rank == msgspec.convert(msgspec.to_builtins(end), RankEnd)
    assert "rank 0 in line 9, rank 1. Finished: 2." in result.message


def test_a_rank_that_waited_in_vain_has_failed_and_not_crashed() -> None:
    described = Raised("RuntimeError", ("RuntimeError",), "Connection closed by peer", 7)
    end = End(1, 2, "raised", finished=(0,), waited=True)
    result = explain("test_one", crossed(RankFailed(end, "RuntimeError", "…", described)))
    assert (result.verdict, result.fault, result.line) == ("failed", None, 7)
    assert result.message.startswith("Rank 1 waited (line 7) for ranks that had already finished (finished: 0).")


def test_lies_about_a_rank_do_no_harm() -> None:
    for end in (
        RankEnd(-(2**62), 2**62, "signal", status=-5, line=-1),
        RankEnd(0, 2, "hung", running=((0, 10**12),) * 99, finished=(1,) * 99),
        RankEnd(0, 2, "hung", seconds=float("nan")),
        RankEnd(0, 2, "hung", seconds=float("inf")),
        RankEnd(0, 2, "hung", seconds=-1.0),
        RankEnd(2, 2, "exit"),
        RankEnd(0, 0, "exit"),
        RankEnd(0, 17, "exit"),
        RankEnd(0, 2, "exit", status=2**63),
        RankEnd(0, 2, "signal", status=2**31),
        RankEnd(0, 2, "hung", running=((-7, None),)),
        RankEnd(0, 2, "hung", finished=(3,)),
    ):
        with pytest.raises(ProbeRaised) as caught:
            calls.read_answer(calls.raised(Raised("X", ("X",), "words", None, rank=end)))
        result = explain("test_one", caught.value)
        assert (result.verdict, result.line) == ("failed", None)
        assert result.raised is not None
        assert result.raised.rank is None
        assert result.message == "Your code raised X: words"


def test_missing_names_are_the_submissions() -> None:
    end = End(0, 2, "raised")
    assert rank_ends.missing(RankFailed(end, missing=("answer", "total")), "answer") == "total"
    assert rank_ends.missing(RankFailed(end, missing=("torch", "total")), "answer") is None
    assert rank_ends.missing(ValueError(), "answer") is None


# A GPU's memory, which no machine of the tests has


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("OutOfMemoryError", "CUDA out of memory. Tried to allocate 20.00 GiB. GPU 0 has a total capacity of 8 GiB"),
        ("RuntimeError", "CUDA out of memory. Tried to allocate 20.00 GiB"),
        ("AcceleratorError", "CUDA error: out of memory\nCUDA kernel errors might be asynchronously reported"),
        ("RuntimeError", "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
        ("RuntimeError", "cuDNN error: CUDNN_STATUS_ALLOC_FAILED"),
    ],
)
def test_a_gpu_out_of_memory_is_its_own_fault(kind: str, text: str) -> None:
    result = explain("test_one", ProbeRaised(kind, text, (kind, "RuntimeError"), 4))
    assert result.fault is not None
    assert (result.verdict, result.fault.kind, result.fault.requirement) == ("error", "gpu_memory", "test_one")
    assert result.message == "The GPU ran out of memory. Last seen in line 4."
    assert not box.is_out_of_gpu_memory("RuntimeError", "DefaultCPUAllocator: can't allocate memory")
    at_import = faults.load_failed("gpu_memory", Raised(kind, (kind,), text, 4))
    assert (at_import.kind, at_import.message) == ("gpu_memory", result.message)


@graded
async def test_a_gpu_out_of_memory_leaves_the_next_run_alone(engine: Engine, tmp_path: Path) -> None:
    """As far as it goes without one: the exception is torch's own."""
    empty = "raise torch.OutOfMemoryError('CUDA out of memory. Tried to allocate 20.00 GiB')\n"
    report = await report_of(engine, request(tmp_path, f"import torch\n{empty}", "test_total"))
    assert report.fault is not None
    assert (report.verdict, report.fault.kind, report.fault.line) == ("error", "gpu_memory", 2)
    row = await only(
        engine, request(tmp_path, RIGHT.replace("    return x.to", f"    {empty}    return x.to"), "test_stages")
    )
    assert row.fault is not None
    assert (row.fault.kind, row.line) == ("gpu_memory", 12)
    assert (await report_of(engine, request(tmp_path, RIGHT))).passed

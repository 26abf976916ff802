"""The engine for real: events in order, supersession, cancelling, death, both ways of making processes."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest
from engine_help import descendants, report_of, request_for, squared_error

from tutor.catalog import Exercise
from tutor.grading import Cancelled, Collected, Decided, Done, Engine, EngineDied, Started

pytestmark = pytest.mark.asyncio(loop_scope="session")

HANGS = b"""
from torch import nn
class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        while True:
            pass
"""


LEAVES = b"""
import os
from torch import nn
class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        os._exit(0)
"""


@pytest.fixture(scope="module")
def exercise(tmp_path_factory: pytest.TempPathFactory) -> Exercise:
    return squared_error(tmp_path_factory.mktemp("pack"))


def right(exercise: Exercise) -> bytes:
    return exercise.solutions[0].read_bytes()


async def test_events_come_in_order_while_tests_run(engine: Engine, exercise: Exercise) -> None:
    events = [event async for event in engine.grade(request_for(exercise, right(exercise)))]
    assert isinstance(events[0], Collected)
    assert isinstance(events[-1], Done)
    tests = [r.test for r in exercise.requirements]
    begun = [(event.requirement, index) for index, event in enumerate(events) if isinstance(event, Started)]
    decided = [(event.result.id, index) for index, event in enumerate(events) if isinstance(event, Decided)]
    assert [test for test, _ in begun] == [test for test, _ in decided] == tests
    assert all(start < end for (_, start), (_, end) in zip(begun, decided, strict=True))
    report = events[-1].report
    assert report.passed
    assert report.device == "cpu"
    assert [row.id for row in report.requirements] == tests
    assert [curve.name for curve in report.curves] == ["loss"]


async def test_a_newer_submission_supersedes(engine: Engine, exercise: Exercise) -> None:
    older = engine.grade(request_for(exercise, HANGS))
    assert isinstance(await anext(older), Collected)
    report = await report_of(engine, request_for(exercise, right(exercise)))
    assert report.passed
    rest = [event async for event in older]
    assert isinstance(rest[-1], Cancelled)


async def test_of_a_rain_of_saves_the_last_is_graded(engine: Engine, exercise: Exercise) -> None:
    async def last_event(source: bytes) -> object:
        return [event async for event in engine.grade(request_for(exercise, source))][-1]

    runs = [asyncio.create_task(last_event(HANGS)) for _ in range(30)]
    await asyncio.sleep(0)
    final = await last_event(right(exercise))
    assert isinstance(final, Done)
    assert final.report.passed
    assert all(isinstance(end, Cancelled) for end in await asyncio.gather(*runs))


async def test_cancelling_ends_a_hanging_run(engine: Engine, exercise: Exercise) -> None:
    events = engine.grade(request_for(exercise, HANGS))
    assert isinstance(await anext(events), Collected)
    assert isinstance(await anext(events), Started)
    await engine.cancel()
    assert isinstance([event async for event in events][-1], Cancelled)
    assert (await report_of(engine, request_for(exercise, right(exercise)))).passed


async def test_leaving_the_iteration_cancels(engine: Engine, exercise: Exercise) -> None:
    events = engine.grade(request_for(exercise, HANGS))
    await anext(events)
    await events.aclose()
    assert (await report_of(engine, request_for(exercise, right(exercise)))).passed


async def test_another_seed_gives_other_inputs(engine: Engine, exercise: Exercise) -> None:
    one, other = [await report_of(engine, request_for(exercise, right(exercise), seed=seed)) for seed in (1, 2)]
    assert one.requirements[1].observed != other.requirements[1].observed
    assert one.seed == 1


async def test_cuda_where_there_is_none_is_a_device_fault(engine: Engine, exercise: Exercise) -> None:
    report = await report_of(engine, request_for(exercise, right(exercise), device="cuda", devices=("cpu",)))
    assert report.verdict == "error"
    assert report.fault is not None
    assert report.fault.kind == "device"
    assert {row.verdict for row in report.requirements} == {"not_run"}


async def test_the_learners_language(engine: Engine, exercise: Exercise) -> None:
    report = await report_of(engine, request_for(exercise, exercise.mistakes[0].read_bytes(), language="ja"))
    message = next(row.message for row in report.requirements if row.verdict == "failed")
    assert any("぀" <= letter <= "ヿ" for letter in message)


@pytest.mark.parametrize(
    ("grader", "says"),
    [
        ("def test_other(): pass", "test_value"),
        ("import no_such_module\ndef test_value(): pass", "no_such_module"),
        ("def test_value(:", "syntax"),
        ("def test_value(): raise KeyError('x')", "KeyError"),
        ("import pytest\ndef test_value(): pytest.skip('no')", "test_value"),
        ("import pytest\n@pytest.mark.xfail\ndef test_value(): pass", "test_value"),
        ("import os\ndef test_value(): os._exit(0)", "ended"),
    ],
)
async def test_a_broken_grader_is_not_the_learners_fault(
    engine: Engine, exercise: Exercise, tmp_path: Path, grader: str, says: str
) -> None:
    path = tmp_path / "test_broken.py"
    path.write_text(grader)
    report = await report_of(engine, request_for(exercise, b"", grader=str(path), requirements=("test_value",)))
    assert not report.passed
    assert report.fault is not None
    assert report.fault.kind == "grader"
    assert says in report.fault.message


async def test_a_module_fixture_trains_once_and_its_fault_is_kept(
    engine: Engine, exercise: Exercise, tmp_path: Path
) -> None:
    path = tmp_path / "test_shared.py"
    path.write_text(
        "import pytest\n"
        "from tutor.testing import probe\n"
        "@probe\n"
        "def trained(submission):\n    return submission.train()\n"
        "@pytest.fixture(scope='module')\n"
        "def result():\n    return trained()\n"
        "def test_one(result): assert result == 1\n"
        "def test_two(result): assert result == 1\n"
    )
    tests = ("test_one", "test_two")
    count = b"import os\ndef train():\n    print('training')\n    return 1\n"
    report = await report_of(engine, request_for(exercise, count, grader=str(path), requirements=tests))
    assert report.passed
    assert [row.output for row in report.requirements] == ["training\n", ""]
    leaves = b"import os\ndef train():\n    os._exit(0)\n"
    report = await report_of(engine, request_for(exercise, leaves, grader=str(path), requirements=tests))
    assert [row.fault and row.fault.kind for row in report.requirements] == ["exit", "exit"]


async def test_a_killed_server_is_said_and_the_next_call_starts_another(exercise: Exercise) -> None:
    async with Engine(needs=("sklearn",)) as own:
        await own.ready()
        events = own.grade(request_for(exercise, HANGS))
        await anext(events)
        pid = own.pid
        assert pid is not None
        children = descendants(pid)
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(EngineDied):
            [event async for event in events]
        assert own.status.state == "stopped"
        assert (await report_of(own, request_for(exercise, right(exercise)))).passed
        assert own.pid != pid
        assert not children & descendants(1)
        last = own.pid
        assert last is not None
        children = descendants(last)
        assert children
    assert not children & descendants(1)


@pytest.mark.parametrize("confinement", [(), ("user", "pid", "landlock")], ids=["none", "some"])
async def test_it_works_with_fewer_protections(exercise: Exercise, confinement: tuple[str, ...]) -> None:
    async with Engine(needs=("sklearn",), confinement=confinement) as own:
        status = await own.ready()
        assert "network" not in status.confinement
        assert (await report_of(own, request_for(exercise, right(exercise)))).passed
        daemon = b"import os, time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(1000)\n" + right(exercise)
        assert (await report_of(own, request_for(exercise, daemon))).passed
        pid = own.pid
        assert pid is not None
        children = descendants(pid)
    assert not children & descendants(1)


async def test_standby_processes_give_the_same_verdicts(engine: Engine, exercise: Exercise) -> None:
    async with Engine(needs=("sklearn",), spawn="standby") as own:
        await own.ready()
        for path in (exercise.solutions[0], exercise.mistakes[0]):
            request = request_for(exercise, path.read_bytes())
            ours, theirs = await report_of(own, request), await report_of(engine, request)
            assert ours.fault == theirs.fault
            assert [(r.id, r.verdict, r.message, r.observed) for r in ours.requirements] == [
                (r.id, r.verdict, r.message, r.observed) for r in theirs.requirements
            ]
        report = await report_of(own, request_for(exercise, LEAVES))
        assert {row.fault.kind for row in report.requirements if row.fault} == {"exit"}
        assert (await report_of(own, request_for(exercise, right(exercise)))).passed


async def test_the_server_has_one_thread_and_leaves_nothing_behind(engine: Engine, exercise: Exercise) -> None:
    assert (await report_of(engine, request_for(exercise, right(exercise)))).passed
    pid = engine.pid
    assert pid is not None
    # Whoever has children forks: a box is none of these, and has a thread that watches its time.
    parents = {process for process in {pid, *descendants(pid)} if descendants(process)}
    assert len(parents) >= 2
    for process in parents:
        assert len(list(Path(f"/proc/{process}/task").iterdir())) == 1

"""A save every 20 ms: the last is graded, and nothing is left of the others. ``benchmarks/stress.py`` rains longer."""

from __future__ import annotations

import asyncio
import sys
import time

import pytest
from corpus_help import below
from engine_help import report_of, request_for, squared_error

from tutor.catalog import Exercise
from tutor.grading import Cancelled, Done, Engine, GradeRequest, RunEvent

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(sys.platform != "linux", reason="counts processes in /proc"),
]

SECONDS = 2.0
EVERY = 0.02
SHOWER = 10
"""Saves before anything is measured: what is allocated once is not growth."""
MOST_GROWN = 64 * 2**20
MOST_WAITING = 60.0
"""Seconds in which the server should have cleared up, however busy the machine is."""
LOOKING_SECONDS = 0.01

HEAD = b"from torch import nn\nclass SquaredErrorLoss(nn.Module):\n    def forward(self, input, target):\n"
DROPS = (
    HEAD + b"        while True: pass\n",
    HEAD + b"        while True: print('a line of output that nobody is going to read')\n",
    b"import os, time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(1000)\n"
    + HEAD
    + b"        return input.sum()\n",
    b"def (\n",
)


@pytest.fixture(scope="module")
def exercise(tmp_path_factory: pytest.TempPathFactory) -> Exercise:
    return squared_error(tmp_path_factory.mktemp("pack"))


async def rain(engine: Engine, drops: list[GradeRequest]) -> list[RunEvent]:
    """Save one after the other, each when the clock says so and not when the engine does; how each ended."""

    async def last_event(request: GradeRequest) -> RunEvent:
        return [event async for event in engine.grade(request)][-1]

    loop, saves = asyncio.get_running_loop(), []
    began = loop.time()
    for number, drop in enumerate(drops):
        saves.append(asyncio.create_task(last_event(drop)))
        await asyncio.sleep(max(0.0, began + EVERY * (number + 1) - loop.time()))
    return await asyncio.gather(*saves)


async def settled(engine: Engine) -> dict[int, int]:
    """Bytes of resident memory of each process, once nothing is ending or beginning any more."""
    assert engine.pid is not None
    deadline, before, since = time.monotonic() + MOST_WAITING, frozenset[int](), time.monotonic()
    while True:
        there = below(engine.pid)
        pids = frozenset(process.pid for process in there)
        if pids != before or any(process.state == "Z" for process in there):
            before, since = pids, time.monotonic()
        elif time.monotonic() - since > 1.0:
            return {process.pid: process.resident for process in there}
        assert time.monotonic() < deadline, f"it does not settle: {there}"
        await asyncio.sleep(LOOKING_SECONDS)


async def test_of_a_rain_of_saves_the_last_is_graded_and_nothing_is_left(engine: Engine, exercise: Exercise) -> None:
    right = request_for(exercise, exercise.solutions[0].read_bytes())
    drops = [request_for(exercise, DROPS[number % len(DROPS)]) for number in range(int(SECONDS / EVERY))]
    assert (await report_of(engine, right)).passed
    await rain(engine, [*drops[:SHOWER], right])
    before = await settled(engine)

    *others, last = await rain(engine, [*drops, right])
    assert isinstance(last, Done)
    assert last.report.passed
    assert all(isinstance(end, Cancelled | Done) for end in others)
    assert all(isinstance(end, Cancelled) for end in others[:: len(DROPS)])  # the endless loops

    after = await settled(engine)
    assert len(after) == len(before)
    servers = before.keys() & after.keys()  # judges and boxes are others now
    assert servers
    assert sum(after[pid] - before[pid] for pid in servers) < MOST_GROWN
    assert (await report_of(engine, right)).passed

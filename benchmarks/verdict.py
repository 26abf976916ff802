"""From save to verdict: the warm engine against a cold ``python -m pytest`` on the same grader, in turns, in one run.

Rerun with ``python benchmarks/verdict.py``. The warm engine's time runs from handing in the submission to the report;
that of pytest is the whole process, which is what an ordinary test runner would cost at each save. The submission is
the reference of ``custom_loss/squared_error``; both sides must pass it, or the benchmark stops.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from pathlib import Path

from table import parser, row, show

from tutor.catalog import Exercise, builtin_pack, load_pack
from tutor.grading import Done, Engine, GradeRequest
from tutor.session import request_for


async def warm(engine: Engine, request: GradeRequest) -> float:
    """Seconds of one grading."""
    started = time.perf_counter()
    async for event in engine.grade(request):
        if isinstance(event, Done) and not event.report.passed:
            raise SystemExit(f"the reference does not pass: {event.report}")
    return time.perf_counter() - started


def cold(exercise: Exercise, answer: Path) -> float:
    """Seconds of one whole pytest process."""
    plugin = ["-p", "tutor.testing.plugin", "-p", "no:cacheprovider", "--submission", str(answer)]
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *plugin, str(exercise.grader)], check=True, capture_output=True
    )
    return time.perf_counter() - started


async def measure(rounds: int) -> list[object]:
    pack = builtin_pack()
    exercise = next(e for e in load_pack(pack).exercises if e.id == "custom_loss/squared_error")
    answer = exercise.solutions[0]
    request = request_for(exercise, answer.read_bytes())
    ready, unprepared, other = [], [], []
    async with Engine(hidden=[pack, pack.parent / "solutions"], needs=exercise.needs) as engine:
        await engine.ready()
        await warm(engine, request)
        for _ in range(rounds):
            # A learner reads and types between two saves; the engine uses that time to have the next judge ready.
            await asyncio.sleep(1.0)
            ready.append(await warm(engine, request))
            # At once again: nothing could be made ready.
            unprepared.append(await warm(engine, request))
            other.append(await asyncio.to_thread(cold, exercise, answer))
    return [row("judge ready", ready, other), row("saves without a pause", unprepared, other)]


def main() -> None:
    arguments = parser(__doc__.splitlines()[0]).parse_args()
    rows = asyncio.run(measure(arguments.rounds))
    show(rows, arguments.json, "save to verdict", "cold pytest")  # type: ignore[arg-type]


if __name__ == "__main__":
    main()

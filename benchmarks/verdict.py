"""From save to verdict: the warm engine against a cold ``python -m pytest`` on the same grader, in turns, in one run.

Rerun with ``python benchmarks/verdict.py``. The warm engine's time runs from handing in the submission to the report;
that of pytest is the whole process, which is what an ordinary test runner would cost at each save. Both sides must pass
the right answer, or the benchmark stops. ``--only NAME`` measures one row; a row whose library is missing is left out.
"""

from __future__ import annotations

import asyncio
import importlib.util
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from table import Row, parser, row, show

from tutor.catalog import builtin_pack, load_pack
from tutor.grading import Done, Engine, GradeRequest
from tutor.session import request_for

GRADERS = Path(__file__).resolve().parent / "graders"
PAUSE = 1.0
"""Seconds between two saves: a learner reads and types, and the engine has the next judge ready."""


@dataclass(frozen=True)
class Case:
    """A grader and a right answer to it."""

    name: str
    request: GradeRequest
    answer: Path


def cases() -> Iterator[Case]:
    """The rows: an exercise as it is, and graders that stand for what other libraries cost."""
    exercise = next(e for e in load_pack(builtin_pack()).exercises if e.id == "custom_loss/squared_error")
    answer = exercise.solutions[0]
    yield Case("ordinary", request_for(exercise, answer.read_bytes()), answer)
    yield _own("PyG", "graph", ("test_value", "test_gradient"), ("torch_geometric",))
    yield _own("Transformers", "language", ("test_shape", "test_padding_is_not_seen"), ("transformers",))
    yield _own("two-rank DDP", "ranks", ("test_equals_one_process", "test_ranks_agree"), ())
    yield _own("training of 2 s", "training", ("test_loss_falls", "test_accuracy"), ("sklearn",))


def _own(name: str, folder: str, tests: tuple[str, ...], needs: tuple[str, ...]) -> Case:
    answer = GRADERS / folder / "answer.py"
    request = GradeRequest(
        run=0,
        exercise=f"benchmark/{folder}",
        name="answer",
        grader=str(GRADERS / folder / f"test_{folder}.py"),
        requirements=tests,
        source=answer.read_bytes(),
        seconds=60,
        run_seconds=120,
        memory_mb=2048,
        output_kb=64,
        needs=needs,
    )
    return Case(name, request, answer)


async def warm(engine: Engine, request: GradeRequest) -> float:
    """Seconds of one grading."""
    started = time.perf_counter()
    async for event in engine.grade(request):
        if isinstance(event, Done) and not event.report.passed:
            raise SystemExit(f"the right answer does not pass: {event.report}")
    return time.perf_counter() - started


def cold(case: Case) -> float:
    """Seconds of one whole pytest process."""
    plugin = ["-p", "tutor.testing.plugin", "-p", "no:cacheprovider", "--submission", str(case.answer)]
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *plugin, case.request.grader],
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise SystemExit(f"pytest does not pass the right answer of {case.name}:\n{done.stdout[-2000:]}")
    return time.perf_counter() - started


async def measure(case: Case, rounds: int) -> list[Row]:
    """The rows of one case."""
    pack = builtin_pack()
    ready, unprepared, other = [], [], []
    async with Engine(hidden=[pack, pack.parent / "solutions"], needs=case.request.needs) as engine:
        await engine.ready()
        await warm(engine, case.request)
        for _ in range(rounds):
            await asyncio.sleep(PAUSE)
            ready.append(await warm(engine, case.request))
            if case.name == "ordinary":
                # At once again: nothing could be made ready.
                unprepared.append(await warm(engine, case.request))
            other.append(await asyncio.to_thread(cold, case))
    rows = [row(f"{case.name}, judge ready", ready, other)]
    if unprepared:
        rows.append(row(f"{case.name}, saves without a pause", unprepared, other))
    return rows


def main() -> None:
    made = parser(__doc__.splitlines()[0])
    made.add_argument("--only", metavar="NAME", help="measure this row alone, such as PyG")
    arguments = made.parse_args()
    rows: list[Row] = []
    for case in cases():
        missing = [name for name in case.request.needs if importlib.util.find_spec(name) is None]
        if arguments.only not in (None, case.name):
            continue
        if missing:
            print(f"{case.name}: left out, {', '.join(missing)} is not installed", file=sys.stderr)
            continue
        rows += asyncio.run(measure(case, arguments.rounds))
    show(rows, arguments.json, "save to verdict", "cold pytest")


if __name__ == "__main__":
    main()

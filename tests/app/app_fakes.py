"""A session whose every word is scripted: what ``tutor.app.ports`` asks for, with no engine behind it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from app_pack import make_packs

from tutor.app.ports import Device, State
from tutor.catalog.model import Exercise, Pack
from tutor.grading.report import (
    Cancelled,
    Collected,
    Comparison,
    Curve,
    Decided,
    Done,
    Drawn,
    Facts,
    Image,
    Images,
    Output,
    Point,
    Report,
    RequirementResult,
    RunEvent,
    Started,
    Status,
)
from tutor.locale import current
from tutor.workspace.history import History, history


@dataclass(frozen=True)
class FakeHint:
    faq: str
    question: str
    steps: tuple[str, ...]
    shown: int = 0


@dataclass(frozen=True)
class FakeOutcome:
    report: Report
    hint: FakeHint | None = None
    first_pass: bool = False


@dataclass(frozen=True)
class FakeAttempt:
    source: bytes
    report: Report


@dataclass(frozen=True)
class FakeUnsaved:
    content: bytes
    when: datetime = datetime(2026, 11, 21, 9, 0)


class FakeCatalog:
    def __init__(self, packs: tuple[Pack, ...]) -> None:
        self.packs = packs
        self.problems: tuple[object, ...] = ()

    def id_of(self, exercise: Exercise) -> str:
        return exercise.id


class FakeWorkspace:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problem: str | None = None
        self.shared = False
        self.changed_elsewhere = False
        """Whether another tutor is said to have written."""
        self.last_exercise: str | None = None
        self.attempts: dict[str, FakeAttempt] = {}
        self.kept: list[bytes] = []
        """What was put into backups."""
        self.typed: dict[str, bytes] = {}
        """What was written down before it was saved."""
        self.left: dict[str, FakeUnsaved] = {}
        """What an earlier start left unsaved."""

    def path(self, exercise: Exercise) -> Path:
        return self.folder / exercise.topic / f"{exercise.name}.py"

    def look_around(self) -> bool:
        changed, self.changed_elsewhere = self.changed_elsewhere, False
        return changed

    def last_attempt(self, exercise_id: str) -> FakeAttempt | None:
        return self.attempts.get(exercise_id)

    def read(self, exercise: Exercise) -> bytes:
        return self.path(exercise).read_bytes()

    def write(self, exercise: Exercise, content: bytes, came_from: bytes | None) -> Path | None:
        if self.problem is not None:
            raise OSError(self.problem)
        path = self.path(exercise)
        found = path.read_bytes() if path.exists() else content
        backup = self.keep(exercise, found) if found not in (came_from, content) else None
        path.write_bytes(content)
        return backup

    def keep(self, exercise: Exercise, content: bytes) -> Path:
        if self.problem is not None:
            raise OSError(self.problem)
        self.kept.append(content)
        return (
            self.folder / ".tutor" / "backups" / exercise.topic / f"{exercise.name}-20261121-09000{len(self.kept)}.py"
        )

    def save_unsaved(self, exercise: Exercise, content: bytes) -> None:
        self.typed[exercise.key] = content

    def drop_unsaved(self, exercise: Exercise) -> None:
        self.typed.pop(exercise.key, None)

    def unsaved(self, exercise: Exercise) -> FakeUnsaved | None:
        return self.left.get(exercise.key)

    def settle_unsaved(self, exercise: Exercise, unsaved: FakeUnsaved, *, keep: bool) -> Path | None:
        assert self.left.pop(exercise.key) is unsaved
        return self.keep(exercise, unsaved.content) if keep else None

    def reset(self, exercise: Exercise) -> Path | None:
        path = self.path(exercise)
        backup = self.folder / ".tutor" / "backups" / exercise.topic / f"{exercise.name}-20261121-090000.py"
        backup.parent.mkdir(parents=True, exist_ok=True)
        path.replace(backup)
        path.write_bytes(exercise.stub.read_bytes())
        return backup


Step = RunEvent | FakeOutcome | Exception | asyncio.Event
"""What a scripted run does next: say something, end with an error, or wait until a test lets it go on."""


class FakeSession:
    """Runs ``script`` for each check; a test may replace it, or put steps for the next checks into ``queue``."""

    def __init__(self, folder: Path) -> None:
        self.catalog = FakeCatalog(make_packs(folder / "packs"))
        self.workspace = FakeWorkspace(folder / "files")
        self.status = Status("stopped")
        self.script: Callable[[int, Exercise, bytes], Iterable[Step]] = by_content
        self.queue: list[Iterable[Step]] = []
        self.warming: asyncio.Event | None = None
        self.warm_error: Exception | None = None
        self.checked: list[bytes] = []
        self.warmed = 0
        self.closed = 0
        self.moments: list[tuple[str, str, str]] = []
        """What was done so far: see ``tutor.workspace.history.history``."""
        self.met: list[tuple[str, str, int]] = []
        self.gpus: Mapping[str, object] | None = {"cuda": "13.0", "devices": []}
        self.live = 0
        """Checks that have begun and not ended: 0 when nothing is left behind."""
        self._states: dict[str, State] = {}
        self._shown = 0
        self._run = 0
        self._cancelled: dict[int, asyncio.Event] = {}

    # Files and progress

    def open(self, exercise: Exercise) -> Path:
        path = self.workspace.path(exercise)
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.write_bytes(exercise.stub.read_bytes())
        self._states.setdefault(exercise.id, "started")
        self.workspace.last_exercise = exercise.id
        return path

    def check_packs(self) -> bool:
        return False

    def set_state(self, exercise_id: str, state: State) -> None:
        self._states[exercise_id] = state

    def states(self) -> Mapping[str, State]:
        return dict(self._states)

    def hint(self, exercise: Exercise) -> FakeHint | None:
        attempt = self.workspace.attempts.get(exercise.id)
        if attempt is None or attempt.report.passed:
            return None
        self._shown = min(3, self._shown + 1)
        return hint_for(exercise, self._shown)

    def history(self) -> History:
        return history(self.moments, self.met, UTC)

    async def look_for_cuda(self) -> Mapping[str, object] | None:
        return self.gpus

    def next_exercise(self, exercise: Exercise) -> Exercise | None:
        everything = [e for pack in self.catalog.packs for e in pack.exercises]
        after = everything[everything.index(exercise) + 1 :]
        return after[0] if after else None

    # The engine

    async def warm(self) -> None:
        self.status = Status("warming")
        if self.warming is not None:
            await self.warming.wait()
        if self.warm_error is not None:
            self.status = Status("stopped", str(self.warm_error))
            raise self.warm_error
        self.warmed += 1
        self.status = Status("ready")

    async def prepare(self, exercise: Exercise) -> None:
        return None

    async def check(
        self, exercise: Exercise, source: bytes | None = None, device: Device = "auto", seed: int = 0
    ) -> AsyncGenerator[RunEvent | FakeOutcome, None]:
        assert source is not None
        for older in self._cancelled.values():
            older.set()
        self._run += 1
        run, stop = self._run, asyncio.Event()
        self._cancelled[run] = stop
        self.checked.append(source)
        self.live += 1
        steps = self.queue.pop(0) if self.queue else self.script(run, exercise, source)
        try:
            for step in steps:
                if stop.is_set():
                    yield Cancelled(run)
                    return
                if isinstance(step, Exception):
                    raise step
                if isinstance(step, asyncio.Event):
                    if await _first_of(step, stop) is stop:
                        yield Cancelled(run)
                        return
                elif isinstance(step, FakeOutcome):
                    self._keep(exercise, source, step.report)
                    yield step
                else:
                    yield step
        finally:
            self.live -= 1
            self._cancelled.pop(run, None)

    def _keep(self, exercise: Exercise, source: bytes, report: Report) -> None:
        self.workspace.attempts[exercise.id] = FakeAttempt(source, report)
        if self._states.get(exercise.id) != "passed":
            self._states[exercise.id] = "passed" if report.passed else "failed"

    async def cancel(self) -> None:
        for stop in self._cancelled.values():
            stop.set()

    async def close(self) -> None:
        self.closed += 1
        await self.cancel()


async def _first_of(step: asyncio.Event, stop: asyncio.Event) -> asyncio.Event:
    waits = {asyncio.create_task(step.wait()): step, asyncio.create_task(stop.wait()): stop}
    try:
        done, _pending = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        return stop if any(waits[task] is stop for task in done) else step
    finally:
        for task in waits:
            task.cancel()


# Scripts


def by_content(run: int, exercise: Exercise, source: bytes) -> Iterable[Step]:
    """``good`` in the file passes; anything else fails its second and third requirement."""
    return passing(run, exercise) if b"good" in source else failing(run, exercise)


def passing(run: int, exercise: Exercise) -> Iterable[Step]:
    results = [RequirementResult(r.test, "passed", seconds=0.02) for r in exercise.requirements]
    yield from steps_of(run, exercise, results)


def failing(run: int, exercise: Exercise) -> Iterable[Step]:
    results = [RequirementResult(r.test, "passed", seconds=0.02) for r in exercise.requirements]
    results[1] = wrong_value(results[1].id)
    results[2] = wrong_gradient(results[2].id)
    yield from steps_of(run, exercise, results)


def steps_of(run: int, exercise: Exercise, results: list[RequirementResult]) -> Iterable[Step]:
    """Everything that a run says which ends with ``results``: some output, a curve, a picture."""
    yield Collected(run, tuple(r.id for r in results), "cpu")
    for number, result in enumerate(results):
        yield Started(run, result.id)
        if number == 0:
            yield Output(run, result.id, "input (3, 4) target (3, 4)\nloss 0.4321\n")
        if number == len(results) - 1:
            for point in CURVE:
                yield Point(run, result.id, "loss", (point,))
            yield Drawn(run, DRAWING)
        yield Decided(run, result)
    report = report_of(exercise, results)
    yield Done(run, report)
    yield FakeOutcome(report, None if report.passed else hint_for(exercise, 0), report.passed)


def report_of(exercise: Exercise, results: list[RequirementResult]) -> Report:
    passed = all(r.verdict == "passed" for r in results)
    curve = Curve("loss", CURVE, results[-1].id)
    return Report(
        exercise.id,
        "cpu",
        0,
        "passed" if passed else "failed",
        None,
        0.12,
        tuple(results),
        (curve,),
        drawings=(DRAWING,),
    )


def hint_for(exercise: Exercise, shown: int) -> FakeHint:
    entry = exercise.faq(current())[0]
    return FakeHint(entry.id, entry.question, entry.steps, shown)


def wrong_value(name: str) -> RequirementResult:
    came, expected = "5.18519 (float32)", "0.432099 (float32)"
    message = {
        "en": f"The value should be {expected}, but it is {came}.",
        "ja": f"値は {expected} になるはずですが、{came} になりました。",
    }[current()]
    return RequirementResult(name, "failed", message, comparison=Comparison("the value", expected, came, 4.75309))


def wrong_gradient(name: str) -> RequirementResult:
    shape = "a tensor of shape (3, 4) (float32)"
    message = {
        "en": "The gradient differs from what was expected: most at index [2, 1], where 0.163 was expected "
        "and 1.956 came.",
        "ja": "勾配が期待と異なります。差が最も大きいのは位置 [2, 1] で、期待は 0.163、実際は 1.956 でした。",
    }[current()]
    facts = Facts((3, 4), "float32", "cpu")
    comparison = Comparison("the gradient", shape, shape, 1.793, (2, 1), facts, facts, DIFFERENCE)
    return RequirementResult(name, "failed", message, comparison=comparison, line=12)


DIFFERENCE = ((0.1, -0.2, 0.0, 0.5), (1.1, 0.0, -0.9, 0.03), (0.0, 1.793, -1.4, 0.7))
CURVE = tuple(2.0 * 0.93**step + 0.1 * (step % 3) / 3 for step in range(60))
DRAWING = Images(
    "digit",
    (Image(11, 11, bytes(255 * (3 <= abs(x - 5) + abs(y - 5) <= 5) for y in range(11) for x in range(11))),),
    requirement="test_trains",
)


@dataclass
class Remembered:
    """What the app asked to be kept for the next start."""

    choices: list[object] = field(default_factory=list)

    def __call__(self, choice: object) -> None:
        self.choices.append(choice)

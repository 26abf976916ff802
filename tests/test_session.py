"""The mistakes that a hint is chosen by: graded while a learner may save again, and no further than it takes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

from tutor.catalog import builtin_pack, load_catalog
from tutor.grading import Cancelled, Decided, Done, GradeRequest, Report, RequirementResult, RunEvent
from tutor.session import Outcome, Session
from tutor.workspace import Workspace

MINE = b"# the learner's"


class OneAtATime:
    """Fails everything that it grades, and as the real engine gives up a run when another one comes."""

    def __init__(self) -> None:
        self.graded: list[bytes] = []
        self.mistake_is_through = asyncio.Event()
        self.may_end = asyncio.Event()
        self._given_up: asyncio.Future[None] | None = None

    async def grade(self, request: GradeRequest) -> AsyncGenerator[RunEvent, None]:
        if self._given_up is not None and not self._given_up.done():
            self._given_up.set_result(None)
        mine = self._given_up = asyncio.get_running_loop().create_future()
        self.graded.append(request.source)
        if request.source == MINE and len(self.graded) > 1:
            wait = asyncio.ensure_future(self.may_end.wait())
            await asyncio.wait([mine, wait], return_when=asyncio.FIRST_COMPLETED)
            wait.cancel()
        if mine.done():
            yield Cancelled(request.run)
            return
        mine.cancel()
        if request.source != MINE:
            self.mistake_is_through.set()
        rows = tuple(RequirementResult(name, "failed", "no") for name in request.requirements)
        yield Done(request.run, Report(request.exercise, "cpu", 0, "failed", None, 0.1, rows))


async def last(events: AsyncGenerator[RunEvent | Outcome, None]) -> RunEvent | Outcome:
    return [event async for event in events][-1]


async def test_a_save_is_not_given_up_for_a_mistake(tmp_path: Path) -> None:
    engine = OneAtATime()
    catalog = load_catalog([builtin_pack()])
    exercise = catalog.exercises[0]
    workspace = Workspace.open(tmp_path)
    session = Session(catalog, workspace, engine)  # type: ignore[arg-type]
    workspace.ensure(exercise)
    first = asyncio.create_task(last(session.check(exercise, MINE)))
    await engine.mistake_is_through.wait()
    second = asyncio.create_task(last(session.check(exercise, MINE)))
    outcome = await first  # chosen by as many mistakes as there was time for
    assert isinstance(outcome, Outcome)
    assert outcome.hint is not None
    engine.may_end.set()
    assert isinstance(await second, Outcome)
    assert len([source for source in engine.graded if source == MINE]) == 2
    assert len(engine.graded) > 3  # what was left of the mistakes came after it


class OneAfterTheOther:
    """Decides one requirement after the other, and knows how far each submission was graded."""

    def __init__(self, failing: dict[bytes, str]) -> None:
        self._failing = failing
        """The requirement that a submission fails; others fail the first."""
        self.decided: list[tuple[bytes, int]] = []

    async def grade(self, request: GradeRequest) -> AsyncGenerator[RunEvent, None]:
        fails = self._failing.get(request.source, request.requirements[0])
        rows = [
            RequirementResult(name, "failed", "no", observed=("5",))
            if name == fails
            else RequirementResult(name, "passed")
            for name in request.requirements
        ]
        self.decided.append((request.source, 0))
        for count, row in enumerate(rows, start=1):
            self.decided[-1] = (request.source, count)
            yield Decided(request.run, row)
        yield Done(request.run, Report(request.exercise, "cpu", 0, "failed", None, 0.1, tuple(rows)))


async def test_a_mistake_is_graded_until_it_fails_in_another_way(tmp_path: Path) -> None:
    catalog = load_catalog([builtin_pack()])
    exercise = catalog.exercises[0]
    names = [requirement.test for requirement in exercise.requirements]
    texts = [path.read_bytes() for path in exercise.mistakes]
    engine = OneAfterTheOther({MINE: names[-1], texts[1]: names[-1], b"another": names[1], b"first": names[0]})
    workspace = Workspace.open(tmp_path)
    session = Session(catalog, workspace, engine)  # type: ignore[arg-type]
    workspace.ensure(exercise)

    outcome = await last(session.check(exercise, MINE))
    assert isinstance(outcome, Outcome)
    assert outcome.hint is not None
    assert outcome.hint.mistake == exercise.mistakes[1].stem
    alike = [(text, len(names) if text == texts[1] else 1) for text in texts]
    assert engine.decided == [(MINE, len(names)), *alike]

    # Whoever fails in a third way learns from what is known that no mistake does.
    engine.decided.clear()
    outcome = await last(session.check(exercise, b"another"))
    assert isinstance(outcome, Outcome)
    assert outcome.hint is not None
    assert outcome.hint.mistake is None
    assert engine.decided == [(b"another", len(names))]

    # Who fails as the others began is compared with all of them.
    engine.decided.clear()
    outcome = await last(session.check(exercise, b"first"))
    assert isinstance(outcome, Outcome)
    assert outcome.hint is not None
    assert outcome.hint.mistake in {path.stem for path in exercise.mistakes} - {exercise.mistakes[1].stem}
    assert engine.decided == [(b"first", len(names)), *((text, len(names)) for text in texts if text != texts[1])]

"""One learner at work: opens an exercise, grades, chooses the hint, records. App and command line both drive this."""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from tutor import locale
from tutor.catalog.model import Catalog, Exercise, in_language

if TYPE_CHECKING:  # a session is opened before the first paint, and grades after it
    from tutor.catalog import FaqEntry
    from tutor.feedback import Fingerprint, Hint, Row
    from tutor.grading import Fault, GradeRequest, Report, RequirementResult, RunEvent, Status
    from tutor.grading.shared import AnyEngine
    from tutor.workspace import ExerciseState, Workspace
    from tutor.workspace.history import History

Device = Literal["cpu", "cuda", "auto"]
SECONDS_FOR_FINGERPRINTS = 8.0
"""How long known mistakes may be graded while a learner waits for the hint; once done, they are cached."""


class Outcome(msgspec.Struct, frozen=True):
    """What a check ends with."""

    report: Report
    hint: Hint | None
    first_pass: bool
    """The exercise had never been passed before."""


class Session:
    """One learner at work. Calls that are not coroutines touch the disk, and only that."""

    def __init__(
        self,
        catalog: Catalog,
        workspace: Workspace,
        engine: AnyEngine | Callable[[Catalog], AnyEngine],
        load_catalog: Callable[[], Catalog] | None = None,
    ) -> None:
        """Args:
        engine: or what makes one for the catalogue of the moment in which it is first needed.
        load_catalog: reads the packs again, for ``check_packs``.
        """
        self.catalog = catalog
        self.workspace = workspace
        self._engine = engine
        self._load_catalog = load_catalog
        self._checks = 0

    @property
    def engine(self) -> AnyEngine:
        """What grades."""
        if callable(self._engine):
            self._engine = self._engine(self.catalog)
        return self._engine

    def check_packs(self) -> bool:
        """See whether the packs on disk still are what ``catalog`` says; where not, read them and answer True.

        Raises:
            PackError: there is no built-in pack any more.
        """
        found = self._load_catalog() if self._load_catalog is not None else self.catalog
        if found == self.catalog:
            return False
        self.catalog = found
        return True

    # The learner's files

    def open(self, exercise: Exercise) -> Path:
        """The learner's file, written from the stub where there is none; remembered as the last exercise.

        Raises:
            WorkspaceError: it cannot be written.
        """
        path = self.workspace.ensure(exercise)
        self.workspace.opened(exercise.key)
        return path

    def states(self) -> dict[str, ExerciseState]:
        """How far the learner is, for every exercise of the catalogue, by its key."""
        known = self.workspace.states()
        return {key: known.get(key, "new") for key in (e.key for e in self.catalog.exercises)}

    def history(self) -> History:
        """What was done so far, day by day and exercise by exercise."""
        return self.workspace.history()

    def next_exercise(self, exercise: Exercise) -> Exercise | None:
        """What comes after ``exercise``; None after the last."""
        return self.catalog.next_after(exercise)

    def diff(self, exercise: Exercise) -> str:
        """From the learner's file to the reference answer, as a unified diff; empty where they are equal."""
        import difflib

        mine = self.workspace.read(exercise).decode("utf-8", "replace").splitlines(keepends=True)
        reference = exercise.solutions[0]
        theirs = reference.read_text(encoding="utf-8").splitlines(keepends=True)
        lines = difflib.unified_diff(mine, theirs, str(self.workspace.path(exercise)), reference.name)
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)

    # The engine

    @property
    def status(self) -> Status:
        """The engine's latest word about itself."""
        from tutor.grading import Status

        return Status("stopped") if callable(self._engine) else self._engine.status

    async def look_for_cuda(self) -> dict[str, object] | None:
        """See ``tutor.grading.cuda``."""
        from tutor.grading.cuda import look_for_cuda

        return await look_for_cuda()

    def use_language(self, language: str) -> None:
        """Speak ``language`` from now on, in this process."""
        locale.use(language)

    async def warm(self) -> None:
        """Start the engine where it does not run, and wait until it is ready.

        Raises:
            EngineDied: it ended instead.
        """
        await self.engine.ready()

    async def close(self) -> None:
        """End the engine and every process it started."""
        if not callable(self._engine):
            await self._engine.close()

    async def prepare(self, exercise: Exercise) -> None:
        """Get ready to check ``exercise`` at once."""
        await self.engine.prepare(request_for(exercise, b"", "cpu", 0))

    async def cancel(self) -> None:
        """Give up the check in flight."""
        await self.engine.cancel()

    # Checking

    async def check(
        self,
        exercise: Exercise,
        source: bytes | None = None,
        device: Device = "auto",
        seed: int = 0,
        *,
        record: bool = True,
    ) -> AsyncGenerator[RunEvent | Outcome, None]:
        """Grade the learner's file, or ``source``: the events of the run, then an ``Outcome``.

        A check that was superseded or given up ends with ``Cancelled`` and no outcome.

        Raises:
            WorkspaceError: the file cannot be read.
            EngineDied: the engine ended before the report.
        """
        from tutor.grading import Done

        self._checks += 1
        if source is None:
            source = await asyncio.to_thread(self.workspace.read, exercise)
        report: Report | None = None
        async with contextlib.aclosing(self.engine.grade(request_for(exercise, source, device, seed))) as events:
            async for event in events:
                if isinstance(event, Done):
                    # From here on the exercise goes by the id under which the learner knows it.
                    report = msgspec.structs.replace(event.report, exercise=self.catalog.id_of(exercise))
                    yield Done(event.run, report)
                else:
                    yield event
        if report is None:
            return
        first_pass = False
        if record:
            first_pass = await asyncio.to_thread(self._record, exercise, source, report)
        hint = await self._hint_for(exercise, report)
        if record and hint is not None:
            await asyncio.to_thread(self.workspace.met, exercise.key, hint.faq)
        yield Outcome(report, hint, first_pass)

    def _record(self, exercise: Exercise, source: bytes, report: Report) -> bool:
        from tutor.workspace import Attempt

        first = report.passed and self.workspace.first_pass(exercise.key) is None
        self.workspace.record(Attempt(exercise.key, source, report))
        return first

    # Hints

    def hint(self, exercise: Exercise) -> Hint | None:
        """The hint for the last attempt, with one more step revealed; None where no attempt failed.

        A stub that nobody has written in has failed, but by no mistake.
        """
        from tutor.known import KnownMistakes

        key = exercise.key
        attempt = self.workspace.last_attempt(key)
        if attempt is None:
            return None
        if unwritten(attempt.report):
            return None
        known = KnownMistakes(exercise, attempt.report.device, attempt.report.seed).load()
        hint = self._hint(exercise, attempt.report, known)
        if hint is None:
            return None
        shown = min(hint.shown + 1, len(hint.steps))
        self.workspace.show_hint(key, hint.faq, shown)
        return msgspec.structs.replace(hint, shown=shown)

    async def _hint_for(self, exercise: Exercise, report: Report) -> Hint | None:
        from tutor.feedback import choose_entry

        if choose_entry(report, exercise, None, {}) is None or unwritten(report):
            return None  # passed, or it never ran, or nothing is written yet: no mistake to be recognised
        known = await self._fingerprints(exercise, report)
        return await asyncio.to_thread(self._hint, exercise, report, known)

    def _hint(self, exercise: Exercise, report: Report, known: Mapping[str, Fingerprint]) -> Hint | None:
        from tutor.feedback import Hint, choose_entry, closest, nearest

        mistake = closest(report, known)
        guesses = nearest(report, known) if mistake is None else ()
        entry_id = choose_entry(report, exercise, mistake, mistakes_of(exercise), guesses)
        entry = _entry(exercise, entry_id)
        if entry is None:
            return None
        shown = self.workspace.hints_shown(exercise.key).get(entry.id, 0)
        return Hint(entry.id, entry.question, mistake, entry.steps, shown)

    async def _fingerprints(self, exercise: Exercise, report: Report) -> dict[str, Fingerprint]:
        """Those of the exercise's mistakes that ``report`` may look like, from the cache or by grading them now.

        Where that takes longer than a learner would wait, the rest is left for the next time.
        """
        from tutor.feedback import fingerprint
        from tutor.known import KnownMistakes

        own = fingerprint(report)
        cache = KnownMistakes(exercise, report.device, report.seed)
        check = self._checks
        known = await asyncio.to_thread(cache.load)
        until = time.monotonic() + SECONDS_FOR_FINGERPRINTS
        for path in cache.unsettled(known, own):
            if time.monotonic() > until:
                break
            source = await asyncio.to_thread(path.read_bytes)
            if check != self._checks:
                break  # the learner has saved again between two mistakes, and the next one would supersede that
            found = await self._silently(request_for(exercise, source, cache.device, report.seed), own)
            if found is None:
                break  # something newer is being graded
            known[path.stem] = found
            await asyncio.to_thread(cache.save, known)
        return known

    async def _silently(self, request: GradeRequest, sought: Fingerprint) -> Fingerprint | None:
        """The fingerprint of a run that nobody watches, given up once it cannot be like ``sought`` any more.

        None where something else gave it up.
        """
        from tutor.feedback import Fingerprint, fingerprint, may_be, row_of
        from tutor.grading import Decided, Done, EngineDied

        rows: dict[str, Row] = {}
        try:
            async with contextlib.aclosing(self.engine.grade(request)) as events:
                async for event in events:
                    if isinstance(event, Done):
                        return fingerprint(event.report)
                    if isinstance(event, Decided):
                        newest = {event.result.id: row_of(event.result)}
                        rows |= newest
                        if not may_be(newest, sought):
                            return Fingerprint(rows, whole=False)
        except EngineDied:
            pass
        return None


def request_for(exercise: Exercise, source: bytes, device: Device = "cpu", seed: int = 0) -> GradeRequest:
    """What the engine needs to know to grade ``source`` as an answer to ``exercise``, in the language spoken now."""
    from tutor.grading import GradeRequest

    return GradeRequest(
        run=0,
        exercise=exercise.id,
        name=exercise.name,
        grader=str(exercise.grader),
        requirements=tuple(requirement.test for requirement in exercise.requirements),
        source=source,
        seconds=exercise.limits.seconds,
        run_seconds=exercise.limits.run_seconds,
        memory_mb=exercise.limits.memory_mb,
        output_kb=exercise.limits.output_kb,
        device=device,
        devices=exercise.devices,
        seed=seed,
        language=locale.current(),
        needs=exercise.needs,
    )


def mistakes_of(exercise: Exercise) -> dict[str, str]:
    """The FAQ entry that each known mistake names, by the mistake's name."""
    import re

    found = {}
    for path in exercise.mistakes:
        with path.open(encoding="utf-8") as file:
            match = re.match(r"#\s*mistake:\s*([\w-]+)", file.readline())
        if match:
            found[path.stem] = match.group(1)
    return found


def unwritten(report: Report) -> bool:
    """Every requirement met the stub's NotImplementedError: no mistake has been made yet."""
    return all(row.observed and row.observed[-1].endswith(":NotImplementedError") for row in report.requirements)


def _entry(exercise: Exercise, entry_id: str | None) -> FaqEntry | None:
    return next((entry for entry in exercise.faq(locale.current()) if entry.id == entry_id), None)


def check_json(outcome: Outcome, exercise: Exercise, language: str) -> dict[str, Any]:
    """The documented form of a check's outcome (docs/check-json.md), ready for ``json.dumps``."""
    report, hint = outcome.report, outcome.hint
    rows = []
    for row in report.requirements:
        requirement = exercise.requirement(row.id)
        rows.append(
            {
                "id": row.id,
                "sentence": in_language(requirement.sentence, language) if requirement else row.id,
                "verdict": row.verdict,
                "message": row.message,
                "fault": _fault_json(row.fault),
                "output": row.output,
                "seconds": round(row.seconds, 4),
                "explanation": _explanation_json(row),
                "figures": [
                    {
                        "what": figure.what,
                        "value": figure.value if math.isfinite(figure.value) else None,
                        "bar": figure.bar,
                        "wanted": figure.wanted,
                    }
                    for figure in row.figures
                ],
            }
        )
    return {
        "version": 1,
        "exercise": report.exercise,
        "device": report.device,
        "seed": report.seed,
        "verdict": report.verdict,
        "fault": _fault_json(report.fault),
        "seconds": round(report.seconds, 4),
        "requirements": rows,
        "hint": None if hint is None else {"faq": hint.faq, "question": hint.question, "mistake": hint.mistake},
    }


def _fault_json(fault: Fault | None) -> dict[str, Any] | None:
    if fault is None:
        return None
    return {
        "kind": fault.kind,
        "message": fault.message,
        "line": fault.line,
        "requirement": fault.requirement,
        "explanation": _explanation_json(fault),
    }


def _explanation_json(about: RequirementResult | Fault) -> dict[str, Any] | None:
    from tutor.feedback import explain

    found = explain(about)
    return None if found is None else msgspec.to_builtins(found)

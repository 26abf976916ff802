"""The stub fails everything, right answers pass, mistakes fail and bring up their entry: proved by grading them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from tutor.authoring.graders import ExerciseGrader
from tutor.authoring.memo import Kept
from tutor.authoring.result import Finding, MistakeResult
from tutor.feedback import choose_entry, closest, fingerprint, likeness
from tutor.grading import Fault, Report
from tutor.locale import _
from tutor.session import mistakes_of

MOST_SECONDS = 10.0
"""What a run of a right answer may take, whatever the manifest allows: nobody waits longer after every save."""
MARGIN = 2.0
"""A right answer must be so many times faster than the limits: other machines are slower."""
MEASUREMENTS = 3


class CannotGrade(Exception):
    """There is no grading here as it was asked for. The text says why."""


class Proof:
    """Grades what belongs to one exercise. Then ``findings``, ``mistakes`` and ``seconds`` say what came of it."""

    def __init__(
        self, grader: ExerciseGrader, seeds: int, expect: Callable[[int], None], *, timed: bool = True
    ) -> None:
        """Args:
        seeds: how many of them answers and mistakes are graded with.
        expect: told how many runs are to come.
        timed: whether a run that takes too long is a finding.
        """
        self.findings: list[Finding] = []
        self.mistakes: list[MistakeResult] = []
        self.seconds = 0.0
        self.reference_passes = False
        self.reference: Report | None = None
        """What the reference comes to with the first seed, where it can be graded."""
        self._grader = grader
        self._exercise = grader.exercise
        self._seeds = seeds
        self._expect = expect
        self._timed = timed

    async def prove(self) -> None:
        """Grade everything.

        Raises:
            CannotGrade: the device that was asked for is not here.
            EngineDied: the engine cannot be started here.
        """
        answers, mistakes = self._exercise.solutions, self._exercise.mistakes
        self._expect(1 + 1 + len(answers) * self._seeds + len(mistakes) * (1 + self._seeds))
        # The reference first: where it fails because of the grader, one sentence says so and not one for each file.
        reference = await self._grader.run(answers[0].read_bytes())
        if await self._is_graders_fault(reference):
            return
        self.reference = reference.report
        await asyncio.gather(self._stub(), *(self._answer(path) for path in answers))
        await self._budget()
        await self._all_mistakes()

    def _add(self, where: Path | str, what: str, /, **fields: object) -> None:
        self.findings.append(Finding(str(where), what.format(**fields)))

    async def _is_graders_fault(self, kept: Kept) -> bool:
        fault = _report(kept).fault
        if fault is None or fault.kind not in ("device", "grader", "incomplete"):
            return False
        fault = _report(await self._grader.told(self._exercise.solutions[0].read_bytes())).fault or fault
        if fault.kind == "device":
            raise CannotGrade(fault.message)
        self._add(self._exercise.grader, _("no answer can be graded: {message}"), message=_for_the_author(fault))
        return True

    async def _stub(self) -> None:
        report = _report(await self._grader.run(self._exercise.stub.read_bytes()))
        if report.fault is not None:
            report = _report(await self._grader.told(self._exercise.stub.read_bytes()))
        if report.fault is not None:
            self._add(self._exercise.stub, _("the stub does not run: {message}"), message=_for_the_author(report.fault))
        else:
            for row in report.requirements:
                if row.verdict != "failed":
                    what = _("the stub meets the requirement {test}, which nobody has worked for yet")
                    self._add(self._exercise.stub, what, test=row.id)

    async def _answer(self, path: Path) -> None:
        source = path.read_bytes()
        runs = await asyncio.gather(*(self._grader.run(source, seed) for seed in range(self._seeds)))
        passes = True
        for seed, report in enumerate(map(_report, runs)):
            if not report.passed:
                passes = False
                why = _why(_report(await self._grader.told(source, seed)))
                self._add(path, _("this right answer does not pass with seed {seed}: {why}"), seed=seed, why=why)
                break
        if path == self._exercise.solutions[0]:
            self.reference_passes = passes
            again = await self._grader.run(source, again=1)
            self._same(path, runs[0], again)

    def _same(self, path: Path, first: Kept, second: Kept) -> None:
        """Two runs with one seed: the same verdicts, sentences and values."""
        one, other = _report(first), _report(second)
        for row, twin in zip(one.requirements, other.requirements, strict=True):
            if (row.verdict, row.message, row.observed) != (twin.verdict, twin.message, twin.observed):
                what = _("two runs with the same seed differ in {test}: {what}")
                self._add(path, what, test=row.id, what=_difference(row.observed, twin.observed))
                return
        if first.shown != second.shown:
            self._add(path, _("two runs with the same seed show different curves or pictures"))

    async def _budget(self) -> None:
        """What the reference takes. The fastest of some runs counts: the machine may have other things to do."""
        source = self._exercise.solutions[0].read_bytes()
        limits = self._exercise.limits
        runs = [_report(await self._grader.run(source)), _report(await self._grader.run(source, again=1))]
        while True:
            self.seconds = min(report.seconds for report in runs)
            slowest = {
                row.id: min(r.seconds for run in runs for r in run.requirements if r.id == row.id)
                for row in runs[0].requirements
            }
            allowed = min(limits.run_seconds / MARGIN, MOST_SECONDS)
            slow = [test for test, seconds in slowest.items() if seconds > limits.seconds / MARGIN]
            if not self._timed or (self.seconds <= allowed and not slow):
                return
            if len(runs) >= MEASUREMENTS:
                break
            self._expect(1)
            # Anew: what is remembered may have been slow because of what the machine had to do that day.
            runs.append(_report(await self._grader.run(source, again=len(runs), anew=True)))
        if self.seconds > allowed:
            what = _(
                "a run of the reference takes {seconds:.1f} s, and {allowed:.1f} s would leave room for slow machines"
            )
            self._add(self._exercise.grader, what, seconds=self.seconds, allowed=allowed)
        for test in slow:
            what = _(
                "{test} takes {seconds:.1f} s of the {limit:g} s that [limits] seconds allows: too near for "
                "slow machines"
            )
            self._add(self._exercise.grader, what, test=test, seconds=slowest[test], limit=limits.seconds)

    async def _all_mistakes(self) -> None:
        exercise = self._exercise
        paths = {path.stem: path for path in exercise.mistakes}
        entries = mistakes_of(exercise)

        async def twice(path: Path) -> tuple[Kept, Kept]:
            first, second = await asyncio.gather(*(self._grader.run(path.read_bytes(), again=n) for n in (0, 1)))
            return first, second

        pairs = dict(zip(paths, await asyncio.gather(*map(twice, paths.values())), strict=True))
        caught = dict(zip(paths, await asyncio.gather(*map(self._caught, paths.values())), strict=True))
        known = {name: fingerprint(_report(first)) for name, (first, _second) in pairs.items()}
        for name, path in paths.items():
            first, second = pairs[name]
            report = _report(second)
            like = closest(report, known)
            found = choose_entry(report, exercise, like, entries)
            recognised = like is not None and found == entries[name]
            failed = not report.passed
            if failed and found is None:
                why = _why(_report(await self._grader.told(path.read_bytes())))
                self._add(path, _("this mistake never ran, so no question fits it: {why}"), why=why)
            elif failed and found != entries[name]:
                what = _("this mistake brings up {found}, not {named}")
                self._add(path, what, found=found, named=entries[name])
            elif failed and like is None:
                self._add(path, _("graded once more, this mistake is not recognised: its way of failing changes"))
            self._same(path, first, second)
            self.mistakes.append(MistakeResult(name, entries[name], failed and caught[name], recognised))
        self._shared(paths, pairs, entries)
        failing = {
            row.id
            for first, _second in pairs.values()
            for row in _report(first).requirements
            if row.verdict != "passed"
        }
        for requirement in exercise.requirements:
            if paths and requirement.test not in failing:
                self._add(exercise.grader, _("no mistake fails {test}: what does it find?"), test=requirement.test)

    async def _caught(self, path: Path) -> bool:
        """Whether a mistake fails on every seed."""
        source = path.read_bytes()
        if _report(await self._grader.run(source)).passed:
            self._add(path, _("this mistake passes"))
            return False
        others = range(1, self._seeds)
        failed = await asyncio.gather(*(self._grader.fails(source, seed) for seed in others))
        for seed, one in zip(others, failed, strict=True):
            if not one:
                self._add(path, _("this mistake passes with seed {seed}"), seed=seed)
                return False
        return True

    def _shared(self, paths: dict[str, Path], pairs: dict[str, tuple[Kept, Kept]], entries: dict[str, str]) -> None:
        """No two mistakes look exactly alike, unless they bring up the same entry anyway."""
        prints = {name: fingerprint(_report(first)) for name, (first, _second) in pairs.items()}
        names = [name for name in paths if not _report(pairs[name][0]).passed]
        for index, name in enumerate(names):
            for other in names[:index]:
                if entries[name] != entries[other] and likeness(prints[name], prints[other]) == 1.0:
                    what = _(
                        "this fails just as {other} does, which brings up another question: no requirement tells "
                        "them apart"
                    )
                    self._add(paths[name], what, other=paths[other].name)


def _report(kept: Kept) -> Report:
    assert kept.report is not None, "a whole run has a report"
    return kept.report


def _why(report: Report) -> str:
    """The first thing that a report complains of."""
    if report.fault is not None:
        return _for_the_author(report.fault)
    row = next((row for row in report.requirements if row.verdict != "passed"), None)
    return f"{row.id}: {row.message}" if row is not None else ""


def _for_the_author(fault: Fault) -> str:
    """The message of ``fault`` without what it tells a learner alone: that it is not theirs."""
    template = _("The grader itself failed; this is not your code's doing: {message}")
    return fault.message.removeprefix(template.partition("{message}")[0])


def _difference(one: tuple[str, ...], other: tuple[str, ...]) -> str:
    """The first observation that differs."""
    for first, second in zip(one, other, strict=False):
        if first != second:
            return f"{first} ≠ {second}"
    return f"{len(one)} ≠ {len(other)}"

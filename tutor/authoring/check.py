"""``tutor pack check``: everything that the author of an exercise owes, proved through the engine."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

from tutor.authoring import calibration
from tutor.authoring.graders import ExerciseGrader, Graders
from tutor.authoring.memo import Memo, forget_old
from tutor.authoring.proof import CannotGrade, Proof
from tutor.authoring.reading import read_exercise
from tutor.authoring.result import ExerciseResult, Finding, PackResult
from tutor.catalog import BUILTIN, Exercise, Pack, PackError, Problem, builtin_pack, load_pack
from tutor.catalog.toml_lines import TomlLines
from tutor.locale import _
from tutor.session import Device

SEEDS = 3


class Unknown(LookupError):
    """No topic or exercise of the pack goes by this name. ``names`` are those there are."""

    def __init__(self, name: str, names: Sequence[str]) -> None:
        super().__init__(name)
        self.name = name
        self.names = tuple(names)


class Options:
    """What is to be checked, and how thoroughly."""

    def __init__(
        self,
        *,
        only: str = "",
        seeds: int = SEEDS,
        device: Device = "cpu",
        mutants: bool = False,
        fresh: bool = False,
        jobs: int | None = None,
        timed: bool = True,
        calibrate: bool = False,
    ) -> None:
        """Args:
        only: a topic, or ``topic/exercise``; "" is everything.
        seeds: how many seeds right answers must pass on, and mistakes fail on.
        device: where to grade.
        mutants: whether to grade mutants of the reference answers as well.
        fresh: whether to grade again what an earlier check has graded.
        jobs: how many engines at most.
        timed: whether a run that takes too long is a problem.
        calibrate: whether to write down what answers reach (``tutor.authoring.calibration``), not only to compare.
        """
        self.only = only
        self.seeds = seeds
        self.device = device
        self.mutants = mutants
        self.fresh = fresh
        self.jobs = jobs
        self.timed = timed
        self.calibrate = calibrate


class Audience(Protocol):
    """Whoever is told how the check goes."""

    def warming(self) -> None:
        """The engines are starting."""

    def begin(self, exercise: Exercise, number: int, total: int) -> None:
        """``exercise`` is next, the ``number``-th of ``total``."""

    def expect(self, runs: int) -> None:
        """So many more runs are to come for this exercise."""

    def ran(self) -> None:
        """One of them is through."""

    def end(self, result: ExerciseResult) -> None:
        """The exercise is through."""


async def check_pack(folder: Path, options: Options, audience: Audience) -> PackResult:
    """Check the pack in ``folder``.

    A pack that does not load is not graded: what is wrong with its files is the result.

    Raises:
        Unknown: ``options.only`` names nothing in the pack.
        CannotGrade: the device that was asked for is not here.
        EngineDied: the engine cannot be started here.
    """
    try:
        pack = load_pack(folder)
        _require_other_name(pack)
    except PackError as error:
        unloadable = _unloadable(folder, error.problems)
        for found in unloadable:
            audience.end(found)
        return PackResult(tuple(unloadable))
    exercises = chosen(pack, options.only)
    forget_old()
    results = []
    hidden = {pack.folder, *(exercise.solutions_root for exercise in exercises)}
    needs = dict.fromkeys(need for exercise in exercises for need in exercise.needs if is_installed(need))
    async with Graders(sorted(hidden), tuple(needs), options.device, options.jobs) as graders:
        graders.on_start = audience.warming
        for number, exercise in enumerate(exercises, start=1):
            audience.begin(exercise, number, len(exercises))
            result = await check_exercise(exercise, graders, options, audience)
            audience.end(result)
            results.append(result)
    return PackResult(tuple(results))


async def check_exercise(exercise: Exercise, graders: Graders, options: Options, audience: Audience) -> ExerciseResult:
    """Check one exercise of a pack that loads."""
    findings, travelling = await asyncio.to_thread(read_exercise, exercise)
    missing = not_installed(exercise)
    if missing:
        return ExerciseResult(exercise.id, tuple(dict.fromkeys([*missing, *findings])), travelling=travelling)
    device = options.device if options.device in exercise.devices else exercise.devices[0]
    memo = await asyncio.to_thread(Memo, exercise, device, fresh=options.fresh)
    grader = ExerciseGrader(graders, exercise, memo, audience.ran)
    proof = Proof(grader, options.seeds, audience.expect, timed=options.timed)
    await proof.prove()
    findings += proof.findings
    if options.calibrate and proof.reference_passes:
        await _calibrate(grader, options.seeds, audience)
    if (reference := proof.reference) is not None:
        findings += await asyncio.to_thread(calibration.compare, exercise, reference)
    mutants = None
    if options.mutants and proof.reference_passes:
        from tutor.authoring.mutation import check_mutants  # the mutation library is not needed without

        mutants, more = await check_mutants(grader, audience.expect)
        findings += more
    return ExerciseResult(
        exercise.id,
        tuple(dict.fromkeys(findings)),
        mutants,
        tuple(proof.mistakes),
        proof.seconds,
        travelling,
    )


async def _calibrate(grader: ExerciseGrader, seeds: int, audience: Audience) -> None:
    """Raises CannotGrade: what was measured cannot be written down."""
    measured = await calibration.measure(grader, seeds, audience.expect)
    file = calibration.file_of(grader.exercise)
    if not measured.figures:
        return
    try:
        await asyncio.to_thread(calibration.write, grader.exercise, measured)
    except OSError as error:
        what = _("{file} cannot be written ({reason}).")
        raise CannotGrade(what.format(file=file, reason=error.strerror or error)) from error


def chosen(pack: Pack, only: str) -> tuple[Exercise, ...]:
    """The exercises of ``pack`` that ``only`` names.

    Raises:
        Unknown: there are none.
    """
    only = only.removeprefix(f"{pack.name}:").strip("/")
    found = tuple(e for e in pack.exercises if only in ("", e.topic, e.id))
    if not found:
        names = dict.fromkeys(name for e in pack.exercises for name in (e.topic, e.id))
        raise Unknown(only, tuple(names))
    return found


def is_installed(library: str) -> bool:
    """Whether a library that an exercise ``needs`` can be found here; nothing of it is run."""
    try:
        return importlib.util.find_spec(library.partition(".")[0]) is not None
    except (ImportError, ValueError):
        return False


def not_installed(exercise: Exercise) -> list[Finding]:
    """What ``exercise`` needs and is not here, so that it cannot be graded."""
    manifest = exercise.folder / "exercise.toml"
    found = []
    for index, library in enumerate(exercise.needs):
        if not is_installed(library):
            line = TomlLines(manifest.read_text(encoding="utf-8")).line(("needs", index))
            what = _("{name} is not installed here, so this exercise is not proved").format(name=repr(library))
            found.append(Finding(*_told(Problem(manifest, f"needs[{index}]", line, what))))
    return found


def _require_other_name(pack: Pack) -> None:
    """Raises PackError if ``pack`` has the name of the built-in one, and is another."""
    if pack.name == BUILTIN and pack.folder != builtin_pack().resolve():
        manifest = pack.folder / "pack.toml"
        line = TomlLines(manifest.read_text(encoding="utf-8")).line(("name",))
        what = _("{name} is the name of the built-in pack: its author has to choose another.").format(name=BUILTIN)
        raise PackError([Problem(manifest, "name", line, what)])


def _unloadable(folder: Path, problems: Iterable[Problem]) -> list[ExerciseResult]:
    """What is wrong with a pack's files, exercise by exercise; what belongs to none stands under the pack's folder."""
    by_exercise: dict[str, list[Finding]] = {}
    for problem in problems:
        by_exercise.setdefault(_exercise_of(folder, problem.file), []).append(Finding(*_told(problem)))
    return [ExerciseResult(id_, tuple(dict.fromkeys(found))) for id_, found in by_exercise.items()]


def _told(problem: Problem) -> tuple[str, str]:
    where = str(problem).removesuffix(problem.message).rstrip().removesuffix(":")
    return where, problem.message


def _exercise_of(folder: Path, file: Path) -> str:
    root = folder.resolve()
    for base in (root / "solutions", root, root.parent / "solutions"):
        if file.is_relative_to(base):
            parts = file.relative_to(base).parts
            if len(parts) > 2:
                return "/".join(parts[:2])
    return root.name

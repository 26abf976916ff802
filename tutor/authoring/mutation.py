"""Grading the mutants of an exercise's reference answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tutor.authoring.graders import MUTANTS_PATIENCE, ExerciseGrader
from tutor.authoring.mutants import Mutant, mutants_of
from tutor.authoring.result import KILLED_SHARE, Finding, MutantsResult, Survivor
from tutor.catalog import Exercise
from tutor.locale import _


async def check_mutants(grader: ExerciseGrader, expect: Callable[[int], None]) -> tuple[MutantsResult, list[Finding]]:
    """Grade every mutant of the reference; which survive, and what is wrong with that.

    A mutant is killed by the first requirement that it fails; the run is given up there. Those that the manifest calls
    equivalent are graded as well: one that is killed was not equivalent.
    """
    exercise = grader.exercise
    path = exercise.solutions[0]
    mutants = await asyncio.to_thread(mutants_of, path.read_text(encoding="utf-8"), path.name)
    expect(len(mutants))
    failed = await asyncio.gather(
        *(grader.fails(mutant.source.encode(), patience=MUTANTS_PATIENCE) for mutant in mutants)
    )
    named = {equivalent.mutant for equivalent in exercise.equivalents}
    killed = [mutant for mutant, is_killed in zip(mutants, failed, strict=True) if is_killed]
    survived = [mutant for mutant in mutants if mutant not in killed and mutant.change not in named]
    result = MutantsResult(
        len(killed),
        len(mutants) - len(killed) - len(survived),
        tuple(Survivor(mutant.change, mutant.diff) for mutant in survived),
    )
    findings = _about_equivalents(exercise, mutants, killed)
    if result.share < KILLED_SHARE:
        what = _(
            "{killed} of {counted} mutants of the reference are killed ({share:.1%}), and {least:.0%} must be: "
            "make the requirements stricter, or name in [[equivalents]] those that are right as well"
        )
        counted = result.killed + len(result.survived)
        what = what.format(killed=result.killed, counted=counted, share=result.share, least=KILLED_SHARE)
        findings.append(Finding(str(exercise.grader), what))
    return result, findings


def _about_equivalents(exercise: Exercise, mutants: list[Mutant], killed: list[Mutant]) -> list[Finding]:
    """Entries of ``[[equivalents]]`` that name no mutant, or one that is killed."""
    manifest = exercise.folder / "exercise.toml"
    changes, dead = {mutant.change for mutant in mutants}, {mutant.change for mutant in killed}
    alive = {mutant.change for mutant in mutants if mutant not in killed}
    findings = []
    for index, equivalent in enumerate(exercise.equivalents):
        where = f"{manifest}: equivalents[{index}].mutant"
        if equivalent.mutant not in changes:
            what = _("the reference has no mutant {mutant}")
        elif equivalent.mutant in dead - alive:
            what = _("this mutant is killed, so it is not equivalent: {mutant}")
        else:
            continue
        findings.append(Finding(where, what.format(mutant=repr(equivalent.mutant))))
    return findings

"""What a check of a pack finds, and its documented form (docs/instructors.md)."""

from __future__ import annotations

from typing import Any

import msgspec

KILLED_SHARE = 0.97
"""Share of the mutants, equivalent ones left out, that a grader has to fail."""


class Finding(msgspec.Struct, frozen=True):
    """One thing that its author has to put right."""

    where: str
    """The file, with its line or key where there is one."""
    what: str
    """A sentence."""


class MistakeResult(msgspec.Struct, frozen=True):
    """What became of one file of ``mistakes/``."""

    name: str
    faq: str
    caught: bool
    """It passes on no seed."""
    recognised: bool
    """Graded once more, it looks like a mistake of its own FAQ entry, and that entry comes first."""


class Survivor(msgspec.Struct, frozen=True):
    """A mutant that the grader passes."""

    change: str
    """By which ``[[equivalents]]`` in the manifest may name it."""
    diff: str


class MutantsResult(msgspec.Struct, frozen=True):
    """What became of the mutants of the reference answer."""

    killed: int
    equivalent: int
    survived: tuple[Survivor, ...]

    @property
    def share(self) -> float:
        """Of those that are not equivalent, the share that was killed; 1 where there are none."""
        counted = self.killed + len(self.survived)
        return self.killed / counted if counted else 1.0


class ExerciseResult(msgspec.Struct, frozen=True):
    """What was found about one exercise."""

    id: str
    problems: tuple[Finding, ...]
    mutants: MutantsResult | None = None
    mistakes: tuple[MistakeResult, ...] = ()
    seconds: float = 0.0
    """What a run of the reference answer takes, from collecting the grader to the report."""
    travelling: dict[str, tuple[str, ...]] = {}
    """For each probe the names of the grader that travel with it into the box."""

    @property
    def ok(self) -> bool:
        return not self.problems


class PackResult(msgspec.Struct, frozen=True):
    """What was found about a pack."""

    exercises: tuple[ExerciseResult, ...]

    @property
    def ok(self) -> bool:
        return bool(self.exercises) and all(exercise.ok for exercise in self.exercises)


def result_json(result: PackResult) -> dict[str, Any]:
    """The documented form, ready for ``json.dumps``."""
    return {
        "version": 1,
        "ok": result.ok,
        "exercises": [
            {
                "id": exercise.id,
                "ok": exercise.ok,
                "problems": msgspec.to_builtins(list(exercise.problems)),
                "mutants": _mutants_json(exercise.mutants),
                "mistakes": msgspec.to_builtins(list(exercise.mistakes)),
                "seconds": round(exercise.seconds, 4),
            }
            for exercise in result.exercises
        ],
    }


def _mutants_json(mutants: MutantsResult | None) -> dict[str, Any] | None:
    if mutants is None:
        return None
    return {
        "killed": mutants.killed,
        "equivalent": mutants.equivalent,
        "survived": [survivor.diff for survivor in mutants.survived],
    }

"""Every built-in grader is proved, by what authors prove theirs with: ``tutor pack check``.

For speed with few seeds and no mutants. ``TUTOR_TEST_SEEDS=5`` and ``TUTOR_TEST_MUTANTS=1`` ask for more; so does
``tutor pack check --seeds 5 --mutants``.
"""

from __future__ import annotations

import os

import pytest

from tutor.authoring.check import Options, check_exercise
from tutor.authoring.graders import Graders
from tutor.catalog import Exercise, builtin_pack, load_pack
from tutor.grading import Engine

EXERCISES = {exercise.id: exercise for exercise in load_pack(builtin_pack()).exercises}
OPTIONS = Options(
    seeds=int(os.environ.get("TUTOR_TEST_SEEDS", "2")),
    mutants=os.environ.get("TUTOR_TEST_MUTANTS", "") == "1",
    timed=False,  # no test depends on how fast the machine is
)

every_exercise = pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES.keys())


class Nobody:
    """An audience that does not listen."""

    def warming(self) -> None: ...

    def begin(self, *_: object) -> None: ...

    def expect(self, runs: int) -> None: ...

    def ran(self) -> None: ...

    def end(self, *_: object) -> None: ...


@pytest.mark.asyncio(loop_scope="session")
@every_exercise
async def test_the_pack_check_finds_nothing(engine: Engine, exercise: Exercise) -> None:
    async with Graders((), (), "cpu", 1, running=[engine]) as graders:
        result = await check_exercise(exercise, graders, OPTIONS, Nobody())
    assert [f"{found.where}: {found.what}" for found in result.problems] == []
    assert {mistake.name for mistake in result.mistakes} == {path.stem for path in exercise.mistakes}
    assert all(mistake.caught and mistake.recognised for mistake in result.mistakes)


@every_exercise
def test_there_is_enough_of_everything(exercise: Exercise) -> None:
    assert len(exercise.mistakes) >= 5
    assert len(exercise.solutions) >= 2
    for language in exercise.languages:
        assert exercise.explained(language).strip()

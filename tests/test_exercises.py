"""Every built-in grader is proved, and still works. See "Proving a pack" in docs/architecture.md."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from proving import is_written_down, reads_well, still_works
from tool_scripts import tool

from tutor.catalog import Exercise, builtin_pack, load_pack
from tutor.grading import Engine

EXERCISES = {exercise.id: exercise for exercise in load_pack(builtin_pack()).exercises}

every_exercise = pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES.keys())


@every_exercise
def test_it_was_proved_as_it_is(exercise: Exercise) -> None:
    is_written_down(exercise)


@every_exercise
def test_it_reads_well(exercise: Exercise) -> None:
    reads_well(exercise)


@pytest.mark.asyncio(loop_scope="session")
@every_exercise
async def test_it_still_works(engine: Engine, exercise: Exercise) -> None:
    await still_works(engine, exercise)


@every_exercise
def test_there_is_enough_of_everything(exercise: Exercise) -> None:
    assert len(exercise.mistakes) >= 5
    assert len(exercise.solutions) >= 2
    for language in exercise.languages:
        assert exercise.explained(language).strip()


def test_every_proof_is_of_an_exercise() -> None:
    there = {
        tool("prove").proof_file(exercise) for pack in tool("prove").PACKS for exercise in load_pack(pack).exercises
    }
    assert set(tool("prove").PROOFS.rglob("*.toml")) <= there


class TestTheDigest:
    @pytest.fixture
    def copy(self, tmp_path: Path, repository: Path) -> Path:
        for room in ("exercises", "solutions"):
            shutil.copytree(repository / room, tmp_path / room)
        return tmp_path

    @pytest.mark.parametrize(
        "file",
        [
            "exercises/{id}/test_squared_error.py",
            "exercises/{id}/stub.py",
            "exercises/{id}/mistakes/root.py",
            "exercises/{id}/mistakes/new.py",
            "solutions/{id}/solution.py",
            "solutions/{id}/other_norm.py",
        ],
    )
    def test_what_is_graded_needs_a_new_proof(self, copy: Path, file: str) -> None:
        self.edit(copy, file, "# mistake: mean-or-sum\n")
        assert not self.is_proved(copy)

    @pytest.mark.parametrize(
        ("old", "new", "proved"),
        [
            ("memory_mb = 512", "memory_mb = 600", False),
            ('devices = ["cpu", "cuda"]', 'devices = ["cpu"]', False),
            ('faq = "square-or-absolute"', 'faq = "mean-or-sum"', False),
            ("Your first loss", "A first loss", True),
            ("minutes = 15", "minutes = 20", True),
        ],
    )
    def test_what_the_manifest_says_of_grading_does_too(self, copy: Path, old: str, new: str, proved: bool) -> None:
        path = copy / "exercises/custom_loss/squared_error/exercise.toml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        assert self.is_proved(copy) == proved

    @pytest.mark.parametrize("file", ["exercises/{id}/lesson.md", "solutions/{id}/explained.ja.md"])
    def test_a_text_does_not(self, copy: Path, file: str) -> None:
        self.edit(copy, file, "\nMore words.\n")
        assert self.is_proved(copy)

    def edit(self, copy: Path, file: str, more: str) -> None:
        with (copy / file.format(id="custom_loss/squared_error")).open("a", encoding="utf-8") as stream:
            stream.write(more)

    def is_proved(self, copy: Path) -> bool:
        exercise = next(e for e in load_pack(copy / "exercises").exercises if e.name == "squared_error")
        proved: bool = tool("prove").is_proved(exercise)
        return proved

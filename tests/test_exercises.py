"""Every grader is proved: the stub fails everything, right answers pass, mistakes fail and bring up their entry."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "grading"))
from engine_help import report_of, request_for

from tutor.catalog import Exercise, builtin_pack, load_pack
from tutor.feedback import choose_entry, closest, fingerprint
from tutor.grading import Engine
from tutor.session import mistakes_of

pytestmark = pytest.mark.asyncio(loop_scope="session")

EXERCISES = {exercise.id: exercise for exercise in load_pack(builtin_pack()).exercises}
SEEDS = range(5)

every_exercise = pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES.keys())
every_answer = pytest.mark.parametrize(
    ("exercise", "answer"),
    [pytest.param(e, path, id=f"{e.id}/{path.stem}") for e in EXERCISES.values() for path in e.solutions],
)


@every_exercise
async def test_the_stub_fails_every_requirement(engine: Engine, exercise: Exercise) -> None:
    report = await report_of(engine, request_for(exercise, exercise.stub.read_bytes()))
    assert report.verdict in ("failed", "error")
    assert {row.id: row.verdict for row in report.requirements if row.verdict != "failed"} == {}


@every_answer
async def test_a_right_answer_passes_over_five_seeds(engine: Engine, exercise: Exercise, answer: Path) -> None:
    for seed in SEEDS:
        report = await report_of(engine, request_for(exercise, answer.read_bytes(), seed=seed))
        assert report.passed, (seed, [row for row in report.requirements if row.verdict != "passed"])


@every_exercise
async def test_mistakes_fail_and_bring_up_their_entry(engine: Engine, exercise: Exercise) -> None:
    reports = {p.stem: await report_of(engine, request_for(exercise, p.read_bytes())) for p in exercise.mistakes}
    assert [name for name, report in reports.items() if report.passed] == []
    known = {name: fingerprint(report) for name, report in reports.items()}
    entries = mistakes_of(exercise)
    for name, report in reports.items():
        found = choose_entry(report, exercise, closest(report, known), entries)
        assert found == entries[name], f"{name} brings up {found}, not {entries[name]}"
    failed = {row.id for report in reports.values() for row in report.requirements if row.verdict != "passed"}
    assert failed == {requirement.test for requirement in exercise.requirements}, "no mistake fails the others"


@every_exercise
async def test_mistakes_fail_on_other_seeds_too(engine: Engine, exercise: Exercise) -> None:
    for path in exercise.mistakes:
        report = await report_of(engine, request_for(exercise, path.read_bytes(), seed=3))
        assert not report.passed, path.stem


@every_exercise
async def test_the_same_submission_gets_the_same_report(engine: Engine, exercise: Exercise) -> None:
    for path in (exercise.solutions[0], exercise.mistakes[0]):
        first, second = [await report_of(engine, request_for(exercise, path.read_bytes())) for _ in range(2)]
        assert fingerprint(first) == fingerprint(second)
        assert [row.message for row in first.requirements] == [row.message for row in second.requirements]
        assert first.curves == second.curves


@every_exercise
async def test_there_is_enough_of_everything(exercise: Exercise) -> None:
    assert len(exercise.mistakes) >= 5
    assert len(exercise.solutions) >= 2
    for language in exercise.languages:
        assert len(exercise.faq(language)) >= 3
        assert len(exercise.lesson(language).splitlines()) <= 60
        assert exercise.explained(language).strip()


@every_exercise
async def test_the_lesson_does_not_hold_the_answer(exercise: Exercise) -> None:
    def lines(text: str) -> set[str]:
        return {re.sub(r"\s+", "", line) for line in text.splitlines() if len(line.strip()) > 25}

    stub = lines(exercise.stub.read_text(encoding="utf-8"))
    answer = lines(exercise.solutions[0].read_text(encoding="utf-8")) - stub
    code = {line for line in answer if re.search(r"[=(]", line) and not line.startswith(("import", "from", "def"))}
    for language in exercise.languages:
        assert not code & lines(exercise.lesson(language))

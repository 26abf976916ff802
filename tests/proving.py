"""What a test run makes sure of for every exercise: it was proved as it is, and what was proved still works here."""

from __future__ import annotations

from pathlib import Path

from tool_scripts import tool

from tutor.authoring import calibration
from tutor.authoring.memo import sources_digest
from tutor.authoring.reading import read_exercise
from tutor.catalog import Exercise
from tutor.grading import Done, Engine, Report
from tutor.session import request_for


def is_written_down(exercise: Exercise) -> None:
    """Make sure that there is a proof of ``exercise`` as it is now."""
    again = f"python tools/prove.py {exercise.id}"
    proof = tool("prove").proof_of(exercise)
    assert proof, f"this was never proved: {again}"
    assert proof["digest"] == tool("prove").digest(exercise), f"this has changed since it was proved: {again}"
    assert proof["seeds"] >= 5
    assert proof["mistakes"] == len(exercise.mistakes)
    assert proof["mutants"]["killed"] > 0


def reads_well(exercise: Exercise) -> None:
    """Make sure of all that ``tutor pack check`` sees without grading."""
    assert [f"{found.where}: {found.what}" for found in read_exercise(exercise)[0]] == []


async def still_works(engine: Engine, exercise: Exercise) -> None:
    """Make sure that engine and grader of today agree on stub, reference and one mistake."""
    device = exercise.devices[0] if "cpu" not in exercise.devices else "cpu"

    async def graded(path: Path) -> Report:
        async for event in engine.grade(request_for(exercise, path.read_bytes(), device)):
            if isinstance(event, Done):
                return event.report
        raise AssertionError("the run was given up")

    stub = await graded(exercise.stub)
    assert stub.fault is None
    assert {row.verdict for row in stub.requirements} == {"failed"}
    reference = await graded(exercise.solutions[0])
    assert reference.passed, (reference.fault, reference.requirements)
    assert calibration.compare(exercise, reference) == []
    # Whoever changes what grades has other mistakes tried.
    path = exercise.mistakes[int(sources_digest(), 16) % len(exercise.mistakes)]
    mistake = await graded(path)
    assert not mistake.passed, path
    assert mistake.fault is None or mistake.fault.kind not in ("grader", "device", "incomplete"), path

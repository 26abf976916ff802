"""What a test run makes sure of for every exercise: it was proved as it is, and what was proved still works here."""

from __future__ import annotations

import hashlib
import importlib.util
from functools import cache
from pathlib import Path
from types import ModuleType

import tutor
from tutor.authoring import calibration
from tutor.authoring.reading import read_exercise
from tutor.catalog import Exercise
from tutor.grading import Done, Engine, Report
from tutor.session import request_for


@cache
def tool() -> ModuleType:
    """``tools/prove.py``."""
    path = Path(__file__).resolve().parent.parent / "tools" / "prove.py"
    spec = importlib.util.spec_from_file_location("prove", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def is_written_down(exercise: Exercise) -> None:
    """Make sure that there is a proof of ``exercise`` as it is now."""
    again = f"python tools/prove.py {exercise.id}"
    proof = tool().proof_of(exercise)
    assert proof, f"this was never proved: {again}"
    assert proof["digest"] == tool().digest(exercise), f"this has changed since it was proved: {again}"
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
    path = exercise.mistakes[int(_grading_now(), 16) % len(exercise.mistakes)]
    mistake = await graded(path)
    assert not mistake.passed, path
    assert mistake.fault is None or mistake.fault.kind not in ("grader", "device", "incomplete"), path


@cache
def _grading_now() -> str:
    """A digest of what grades: whoever changes that has other mistakes tried."""
    found = hashlib.sha256()
    for room in ("grading", "testing"):
        for path in sorted((Path(tutor.__file__).parent / room).glob("*.py")):
            found.update(path.read_bytes())
    return found.hexdigest()

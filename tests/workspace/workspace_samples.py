"""Exercises and attempts to test with; also imported by the processes that the tests start."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tutor.catalog.model import Exercise, Limits
from tutor.grading.report import Curve, Fault, Report, RequirementResult, RunVerdict
from tutor.workspace import Attempt

STUB = b"class SquaredErrorLoss:\n    ...\n"
EXERCISE = "custom_loss/squared_error"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ROOT = Path(__file__).parents[2]


def an_exercise(pack: Path, topic: str = "custom_loss", name: str = "squared_error") -> Exercise:
    """An exercise of which nothing but the stub is on the disk."""
    folder = pack / topic / name
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "stub.py").exists():  # another process may be reading it
        (folder / "stub.py").write_bytes(STUB)
    return Exercise(
        pack="core",
        topic=topic,
        name=name,
        title={"en": name},
        difficulty=1,
        minutes=5,
        needs=(),
        devices=("cpu",),
        limits=Limits(),
        requirements=(),
        languages=("en",),
        pack_folder=pack,
        solutions_root=pack / "solutions",
    )


def an_attempt(
    verdict: RunVerdict = "failed",
    source: bytes = b"x = 1\n",
    exercise: str = EXERCISE,
    minute: int = 0,
    curve: tuple[float, ...] = (),
) -> Attempt:
    report = Report(
        exercise=exercise,
        device="cpu",
        seed=7,
        verdict=verdict,
        fault=Fault("syntax", "was never closed", line=3) if verdict == "error" else None,
        seconds=0.25,
        requirements=(
            RequirementResult("test_value", "passed" if verdict == "passed" else "failed", "損失が違います"),
        ),
        curves=(Curve("loss", curve),) if curve else (),
    )
    return Attempt(exercise, source, report, NOON + timedelta(minutes=minute))


def start(script: str, *arguments: object) -> subprocess.Popen[str]:
    """A process of its own that runs ``script``; its pipes are open."""
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join((str(ROOT), str(Path(__file__).parent)))},
    )


def start_together(script: str, arguments: Sequence[Sequence[object]]) -> list[subprocess.Popen[str]]:
    """A process for each row of ``arguments``; each prints "ready", and goes on when all have and it reads a line."""
    processes = [start(script, *row) for row in arguments]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n", process.communicate()[1]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return processes


def finish(process: subprocess.Popen[str], say: str = "") -> str:
    """What ``process`` printed, once it has ended well."""
    out, err = process.communicate(say, timeout=60)
    assert process.returncode == 0, err
    return out

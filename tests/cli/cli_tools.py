"""Running the command line, in this process and in others; and an engine that answers what a test tells it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import msgspec
from click.testing import CliRunner

from tutor.cli.root import run
from tutor.grading import (
    Collected,
    Decided,
    Done,
    Drawn,
    EngineDied,
    Fault,
    GradeRequest,
    Output,
    Point,
    Report,
    RequirementResult,
    RunEvent,
    Started,
    Status,
)


@dataclass(frozen=True)
class Result:
    """How a command line ended."""

    status: int
    out: str
    err: str


def tutor(*arguments: str, stdin: bytes = b"") -> Result:
    """Run a command line in this process, without a terminal."""
    with CliRunner().isolation(input=stdin) as streams:
        status = run(arguments)
        sys.stdout.flush()
        sys.stderr.flush()
        return Result(status, streams[0].getvalue().decode(), streams[1].getvalue().decode())


def script(pack: Path, before: str = "") -> str:
    """The code of a process that is ``tutor`` with another pack; ``before`` runs first."""
    return (
        f"import sys, pathlib\n{before}\nfrom tutor.cli import main, wiring\n"
        f"wiring.pack_folders = lambda: (pathlib.Path({str(pack)!r}),)\n"
        "if __name__ == '__main__':\n    main()\n"
    )


def spawn(
    pack: Path, *arguments: str, before: str = "", environment: Mapping[str, str] | None = None, **options: Any
) -> subprocess.Popen[str]:
    """``tutor`` as a process of its own."""
    command = [sys.executable, "-P", "-c", script(pack, before), *arguments]
    return subprocess.Popen(
        command,
        env={**os.environ, **(environment or {})},
        **{
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
            "text": True,
            "encoding": "utf-8",
        }
        | options,
    )


def processes_about(place: Path) -> list[str]:
    """The command lines of grading processes that were told of ``place`` (the server hides it from the boxes)."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if "tutor.grading" in line and str(place) in line:
                found.append(line)
    return found


Answer = Report | Exception


class FakeEngine:
    """Quacks like ``Engine``: each ``grade`` ends with the next of ``answers``."""

    def __init__(self, answers: Sequence[Answer], dead: str = "") -> None:
        self.answers = list(answers)
        self.dead = dead
        self.requests: list[GradeRequest] = []
        self.closed = False
        self.status = Status("ready")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.closed = True

    async def ready(self) -> Status:
        if self.dead:
            raise EngineDied(self.dead)
        return self.status

    async def grade(self, request: GradeRequest) -> AsyncIterator[RunEvent]:
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        answer = msgspec.structs.replace(answer, exercise=request.exercise, seed=request.seed)
        yield Collected(1, request.requirements, answer.device)
        for row in answer.requirements:
            if row.verdict != "not_run":
                yield Started(1, row.id)
                if row.output:
                    yield Output(1, row.id, row.output)
                for curve in answer.curves:
                    if curve.requirement == row.id:
                        yield Point(1, row.id, curve.name, curve.values)
                for drawing in answer.drawings:
                    if drawing.requirement == row.id:
                        yield Drawn(1, drawing)
                yield Decided(1, row)
        yield Done(1, answer)


def a_report(*verdicts: str, fault: Fault | None = None, message: str = "It came to 5.0.", **row: Any) -> Report:
    """A report on an exercise of the tiny pack; ``row`` are further fields of every row that did not pass."""
    names = ("test_three", "test_zero")
    rows = tuple(
        RequirementResult(name, "passed", seconds=0.01)
        if verdict == "passed"
        else RequirementResult(name, verdict, "" if verdict == "not_run" else message, seconds=0.01, **row)  # type: ignore[arg-type]
        for name, verdict in zip(names, verdicts, strict=True)
    )
    found = set(verdicts)
    verdict = (
        "passed" if found == {"passed"} and fault is None else "failed" if found & {"passed", "failed"} else "error"
    )
    return Report("sums/double", "cpu", 0, verdict, fault, 0.25, rows)  # type: ignore[arg-type]


PASSED = a_report("passed", "passed")
FAILED = a_report("failed", "passed")

"""A sound pack to spoil, and the command line run in this process."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

from tutor.authoring.graders import Graders
from tutor.authoring.result import ExerciseResult
from tutor.catalog import Exercise, load_pack
from tutor.cli.root import run

E = "first_steps/centred"
"""The exercise of the sample pack."""


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


class Sample:
    """A copy of the pack that ``pack new`` makes."""

    def __init__(self, made: Path, folder: Path) -> None:
        """Args:
        made: the distribution as it was made.
        folder: where the copy goes.
        """
        self.distribution = shutil.copytree(made, folder)
        self.folder = self.distribution / "sample"

    def path(self, relative: str) -> Path:
        """A file of the exercise; of its solutions, where the path begins so."""
        if relative.startswith("solutions/"):
            return self.folder / "solutions" / E / relative.removeprefix("solutions/")
        return self.folder / E / relative

    def write(self, relative: str, text: str) -> None:
        self.path(relative).write_text(text, encoding="utf-8")

    def replace(self, relative: str, old: str, new: str) -> None:
        """The first ``old`` becomes ``new``; it must be there."""
        text = self.path(relative).read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {relative}"
        self.write(relative, text.replace(old, new, 1))

    def append(self, relative: str, more: str) -> None:
        self.write(relative, self.path(relative).read_text(encoding="utf-8") + more)

    @property
    def exercise(self) -> Exercise:
        (exercise,) = load_pack(self.folder).exercises
        return exercise


class Told:
    """An audience that remembers what it was told."""

    def __init__(self, on_ran: Callable[[int], None] = lambda count: None) -> None:
        self.expected = self.ran_ = 0
        self.results: list[ExerciseResult] = []
        self._on_ran = on_ran

    def warming(self) -> None: ...

    def begin(self, exercise: Exercise, number: int, total: int) -> None: ...

    def expect(self, runs: int) -> None:
        self.expected += runs

    def ran(self) -> None:
        self.ran_ += 1
        self._on_ran(self.ran_)

    def end(self, result: ExerciseResult) -> None:
        self.results.append(result)


class Counting(Graders):
    """Graders that count what they are really asked to grade."""

    graded = 0

    async def grade(self, *arguments: object, **options: object):  # type: ignore[no-untyped-def,override]
        self.graded += 1
        return await super().grade(*arguments, **options)  # type: ignore[arg-type]

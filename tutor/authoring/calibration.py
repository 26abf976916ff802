"""What right and wrong answers reach where a grader holds a figure against a bar: measured, written down, compared.

``calibration.toml`` in an exercise's folder is made by ``tutor pack check --calibrate``. A bar that is right lies
between the two groups with room on both sides, and whoever changes it sees what it was made of.
"""

from __future__ import annotations

import asyncio
import datetime
import math
import tomllib
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path

import msgspec

from tutor.authoring.graders import ExerciseGrader
from tutor.authoring.result import Finding
from tutor.catalog import Exercise
from tutor.grading import Figure, Report
from tutor.locale import _

FILE = "calibration.toml"

Key = tuple[str, str]
"""A test, and what it measures."""


class Measured(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One figure of one requirement, as every answer reached it; a value for each seed, from 0."""

    requirement: str
    what: str
    wanted: str
    bar: float
    right: dict[str, list[float]] = {}
    """By the names of right answers."""
    wrong: dict[str, list[float]] = {}
    """By the names of mistakes: of those that came so far on every seed."""


class Calibration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    made: datetime.date
    torch: str
    device: str
    seeds: int
    figures: list[Measured]


def file_of(exercise: Exercise) -> Path:
    return exercise.folder / FILE


async def measure(grader: ExerciseGrader, seeds: int, expect: Callable[[int], None]) -> Calibration:
    """Grade every answer and mistake on every seed.

    Args:
        expect: told how many runs are to come, those that are remembered too.
    """
    exercise = grader.exercise
    expect(len(exercise.mistakes) * max(0, seeds - 1))

    async def runs(path: Path) -> list[dict[Key, Figure]]:
        source = path.read_bytes()
        kept = await asyncio.gather(*(grader.run(source, seed) for seed in range(seeds)))
        return [figures_of(one.report) if one.report is not None else {} for one in kept]

    right = {path.stem: await runs(path) for path in exercise.solutions}
    wrong = {path.stem: await runs(path) for path in exercise.mistakes}
    reference = right[exercise.solutions[0].stem][0]
    return Calibration(
        datetime.datetime.now(tz=datetime.UTC).date(),
        version("torch"),
        grader.device,
        seeds,
        [
            Measured(test, what, figure.wanted, figure.bar, _values(right, (test, what)), _values(wrong, (test, what)))
            for (test, what), figure in reference.items()
        ],
    )


def figures_of(report: Report) -> dict[Key, Figure]:
    """What a report measured; of several figures of one name in one requirement, the last."""
    return {(row.id, figure.what): figure for row in report.requirements for figure in row.figures}


def _values(runs: dict[str, list[dict[Key, Figure]]], key: Key) -> dict[str, list[float]]:
    far = {name: by_seed for name, by_seed in runs.items() if all(key in run for run in by_seed)}
    return {name: [run[key].value for run in by_seed] for name, by_seed in far.items()}


def write(exercise: Exercise, calibration: Calibration) -> None:
    """Write ``calibration.toml``. Raises OSError."""
    lines = [
        f"# What right and wrong answers reach; the bars stand between. Made by `tutor pack check --calibrate --only "
        f"{exercise.id}`.",
        f"made = {calibration.made.isoformat()}",
        f"torch = {_text(calibration.torch)}",
        f"device = {_text(calibration.device)}",
        f"seeds = {calibration.seeds}",
    ]
    for figure in calibration.figures:
        lines += [
            "",
            "[[figures]]",
            f"requirement = {_text(figure.requirement)}",
            f"what = {_text(figure.what)}",
            f"wanted = {_text(figure.wanted)}",
            f"bar = {_number(figure.bar)}",
        ]
        for name, values in (("right", figure.right), ("wrong", figure.wrong)):
            if values:
                lines += ["", f"[figures.{name}]"]
                lines += [f"{answer} = [{', '.join(map(_number, row))}]" for answer, row in values.items()]
    file_of(exercise).write_text("\n".join(lines) + "\n", encoding="utf-8")


def _text(text: str) -> str:
    # JSON's strings are TOML's basic strings, but for a character that no name of a figure has.
    return msgspec.json.encode(text).decode()


def _number(value: float) -> str:
    if not math.isfinite(value):
        return str(value)
    short = float(f"{value:.5g}")
    return repr(short)


def compare(exercise: Exercise, reference: Report) -> list[Finding]:
    """What ``calibration.toml`` does not say, or says of another grader, where the reference measures anything."""
    return list(_differences(exercise, figures_of(reference)))


def _differences(exercise: Exercise, measured: dict[Key, Figure]) -> Iterable[Finding]:
    file = file_of(exercise)
    again = _("make it again with `tutor pack check --calibrate --only {id}`").format(id=exercise.id)
    try:
        known = msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), Calibration)
    except FileNotFoundError:
        if measured:
            what = _("the grader holds figures against bars, and nothing says what answers reach: {again}")
            yield Finding(str(file), what.format(again=again))
        return
    except (OSError, ValueError) as error:  # TOML's and msgspec's errors are ValueErrors
        yield Finding(str(file), _("this file cannot be used ({why}): {again}").format(why=error, again=again))
        return
    recorded = {(figure.requirement, figure.what): figure for figure in known.figures}
    for key, figure in measured.items():
        found = recorded.get(key)
        what = ""
        if found is None:
            what = _("{test} measures {what}, of which nothing is known: {again}")
        elif (found.bar, found.wanted) != (float(_number(figure.bar)), figure.wanted):
            what = _("the bar of {test} for {what} was another one when this was measured: {again}")
        elif set(found.right) != {path.stem for path in exercise.solutions}:
            what = _("the right answers were others when {test} measured {what}: {again}")
        elif not set(found.wrong) <= {path.stem for path in exercise.mistakes}:
            what = _("the mistakes were others when {test} measured {what}: {again}")
        if what:
            yield Finding(str(file), what.format(test=key[0], what=key[1], again=again))
    for test, name in recorded.keys() - measured.keys():
        what = _("{test} does not measure {what} any more: {again}")
        yield Finding(str(file), what.format(test=test, what=name, again=again))

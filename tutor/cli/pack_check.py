"""``pack check``: prove the graders of a pack."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tutor.cli import errors, paper
from tutor.cli.check import DEVICES, Device
from tutor.cli.errors import Refusal
from tutor.cli.root import Command, one_of
from tutor.cli.wiring import Wiring
from tutor.locale import _

if TYPE_CHECKING:
    from tutor.cli.pack_check_show import Silence

MOST_SEEDS = 1000
MOST_JOBS = 256
CALIBRATION_SEEDS = 5
"""Over which the figures are measured, if nothing else is said: fewer do not show how far they spread."""


def _count(most: int) -> Callable[[click.Context, click.Parameter, str | None], int | None]:
    """A check of an option's value: a whole number from 1 to ``most``."""

    def check(ctx: click.Context, param: click.Parameter, value: str | None) -> int | None:
        if value is None:
            return None
        if value.isascii() and value.isdigit() and 1 <= int(value[:10]) <= most:
            return int(value)
        message = _("{value} is no number from 1 to {most}.").format(value=repr(value), most=most)
        raise click.BadParameter(message, ctx, param)

    return check


def check_command() -> click.Command:
    return Command(
        "check",
        _check,
        short=_("Prove a pack: everything that its author owes."),
        text=_(
            "PATH is a pack, or a folder in one or around one; without it, the pack that the current folder is in, "
            "else the built-in one. Exit status: 0 all is well, 1 there are problems, 2 the command could not be "
            "carried out. A check that was stopped goes on where it was."
        ),
        params=[
            click.Argument(["path"], required=False, metavar="[PATH]"),
            click.Option(
                ["--only", "only"], type=str, metavar="TOPIC[/EXERCISE]", help=_("Check this part of the pack alone.")
            ),
            click.Option(
                ["--seeds", "seeds"],
                type=str,
                metavar="NUMBER",
                callback=_count(MOST_SEEDS),
                help=_("On how many seeds right answers must pass and mistakes fail. 3, if left out."),
            ),
            click.Option(
                ["--device", "device"],
                type=str,
                metavar="|".join(DEVICES),
                callback=one_of(*DEVICES),
                help=_("Where to run. The CPU, if left out."),
            ),
            click.Option(
                ["--mutants", "mutants"],
                is_flag=True,
                help=_("Grade small changes of the reference answers as well: the grader has to fail them."),
            ),
            click.Option(
                ["--calibrate", "calibrate"],
                is_flag=True,
                help=_("Write down what right and wrong answers reach where a grader holds figures against bars."),
            ),
            click.Option(
                ["--json", "as_json"], is_flag=True, help=_("Print JSON and nothing else (docs/instructors.md).")
            ),
            click.Option(
                ["--fresh", "fresh"], is_flag=True, help=_("Grade again what was graded in an earlier check.")
            ),
            click.Option(
                ["--jobs", "jobs"],
                type=str,
                metavar="NUMBER",
                callback=_count(MOST_JOBS),
                help=_("How many submissions to grade side by side. One for each core, if left out."),
            ),
            click.Option(
                ["--verbose", "verbose"], is_flag=True, help=_("Also tell what travels with each probe into the box.")
            ),
        ],
    )


def _check(
    wiring: Wiring,
    path: str | None,
    only: str | None,
    seeds: int | None,
    device: Device | None,
    mutants: bool,
    calibrate: bool,
    as_json: bool,
    fresh: bool,
    jobs: int | None,
    verbose: bool,
) -> int:
    import asyncio

    from tutor.authoring.check import SEEDS, Options, Unknown, check_pack
    from tutor.authoring.places import NoPack, find_pack
    from tutor.authoring.proof import CannotGrade
    from tutor.authoring.result import result_json
    from tutor.grading import EngineDied

    if mutants:
        _require_mutation_library()
    try:
        folder, part = find_pack(Path(path).expanduser() if path is not None else None)
    except NoPack as error:
        raise Refusal(str(error)) from error
    options = Options(
        only=only or part,
        seeds=seeds or (CALIBRATION_SEEDS if calibrate else SEEDS),
        device=device or "cpu",
        mutants=mutants,
        fresh=fresh,
        jobs=jobs,
        calibrate=calibrate,
    )
    audience = _audience(as_json, verbose)
    try:
        result = asyncio.run(check_pack(folder, options, audience))
    except Unknown as error:
        message = _("This pack has no {name}.").format(name=repr(error.name))
        near = errors.similar(error.name, error.names)
        if not near:
            topics = ", ".join(name for name in error.names if "/" not in name)
            message = f"{message} " + _("Its topics are: {topics}.").format(topics=topics)
        raise Refusal(errors.close(message, near)) from error
    except (CannotGrade, EngineDied) as error:
        raise Refusal(str(error)) from error
    except KeyboardInterrupt:
        paper.warn(_("Stopped. The same command goes on from here."))
        raise
    finally:
        audience.close()
    if as_json:
        paper.data(result_json(result))
    return 0 if result.ok else 1


def _require_mutation_library() -> None:
    import importlib.util

    if importlib.util.find_spec("mutmut") is None:
        raise Refusal(
            _('Mutants need mutmut, which is not installed here: python -m pip install "torch-tutor[authors]"')
        )


def _audience(as_json: bool, verbose: bool) -> Silence:
    from tutor.cli.pack_check_show import Bars, Lines, Silence

    if as_json:
        return Silence()
    return Bars(verbose) if paper.terminal() is not None else Lines(verbose)

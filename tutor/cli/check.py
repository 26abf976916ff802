"""``check``: grade the learner's file, or another one, as the app does on every save."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, get_args

import click

from tutor.cli import paper
from tutor.cli.ending import TROUBLE
from tutor.cli.errors import Refusal
from tutor.cli.root import Command, one_of
from tutor.cli.wiring import Wiring
from tutor.locale import _

if TYPE_CHECKING:
    from tutor.catalog import Exercise
    from tutor.grading import Report, RunEvent
    from tutor.grading.shared import AnyEngine, SharedEngine
    from tutor.session import Outcome, Session

Device = Literal["cpu", "cuda", "auto"]
DEVICES: tuple[str, ...] = get_args(Device)

MOST_SEED = 2**31 - 1
NOT_THE_SUBMISSION = ("grader", "device", "incomplete")
"""Faults that say nothing about the submission."""


@dataclass(frozen=True, slots=True)
class Job:
    """One submission to grade, read before anything is started: later changes to the file change nothing."""

    exercise: Exercise
    id: str
    source: bytes
    place: str
    """Where the source came from, as the learner knows it."""
    record: bool
    """Whether it is the learner's attempt at the exercise, to be remembered."""


class Audience(Protocol):
    """Whoever is told how the grading goes."""

    def warming(self) -> None:
        """The engine is starting."""

    def begin(self, job: Job) -> None:
        """``job`` is next."""

    def hear(self, event: RunEvent) -> None:
        """Something happened."""

    def end(self, outcome: Outcome | None, following: Exercise | None) -> None:
        """The job is through; without an outcome where it could not be graded. ``following`` comes after it."""

    def close(self) -> None:
        """Nothing more comes. Called however the grading ends, and perhaps in the middle of a job."""


def _seed(ctx: click.Context, param: click.Parameter, value: str | None) -> int:
    """A number that every generator of random numbers takes."""
    text = "0" if value is None else value
    if text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= MOST_SEED:
        return int(text)
    message = _("{value} is no seed: it is a whole number from 0 to {most}.").format(value=repr(value), most=MOST_SEED)
    raise click.BadParameter(message, ctx, param)


def check_command() -> click.Command:
    return Command(
        "check",
        _check,
        short=_("Grade your file, and tell what holds and what does not."),
        text=_(
            "Without ID: the exercise opened last. Exit status: 0 passed, 1 failed, 2 anything else; "
            "of several exercises, the worst."
        ),
        params=[
            click.Argument(["names"], nargs=-1, metavar="[ID]..."),
            click.Option(
                ["--all", "everything"],
                is_flag=True,
                help=_("Grade every exercise; the stub, where you have not begun one."),
            ),
            click.Option(
                ["--file", "file"],
                type=str,
                metavar="PATH",
                help=_("Grade this file (- is standard input) in place of yours. It is not recorded as your attempt."),
            ),
            click.Option(
                ["--device", "device"],
                type=str,
                metavar="|".join(DEVICES),
                callback=one_of(*DEVICES),
                help=_("Where to run; auto takes the GPU where there is one."),
            ),
            click.Option(
                ["--seed", "seed"],
                type=str,
                callback=_seed,
                metavar="NUMBER",
                help=_("Where the random numbers begin: the same seed gives the same verdict. 0, if left out."),
            ),
            click.Option(
                ["--json", "as_json"], is_flag=True, help=_("Print JSON and nothing else (docs/check-json.md).")
            ),
            click.Option(
                ["--no-server", "no_server"],
                is_flag=True,
                help=_("Start an engine for this check alone, and leave none behind (see `tutor server --help`)."),
            ),
        ],
    )


def _check(
    wiring: Wiring,
    names: Sequence[str],
    everything: bool,
    file: str | None,
    device: Device | None,
    seed: int,
    as_json: bool,
    no_server: bool,
) -> int:
    if everything and names:
        raise Refusal(_("Name exercises or say --all, not both."))
    if file is not None and (everything or len(names) > 1):
        raise Refusal(_("--file is one answer to one exercise: name just that exercise."))

    import asyncio

    from tutor.cli.check_show import Json, Lines
    from tutor.grading import EngineDied

    several = everything or len(names) > 1
    jobs, unread = _jobs(wiring, names, everything, file)
    if not jobs:
        return TROUBLE
    audience = Json(several) if as_json else Lines(len(jobs))
    # All at once takes its time anyway: it would keep other checks waiting, and the exercise at hand from being ready.
    shared = None if everything or no_server else wiring.shared_engine()
    try:
        statuses = asyncio.run(_grade(wiring, shared, jobs, device or wiring.settings.device, seed, audience))
    except EngineDied as error:
        raise Refusal(str(error)) from error
    finally:
        audience.close()
    return max([*statuses, TROUBLE if unread else 0])


def _jobs(wiring: Wiring, names: Sequence[str], everything: bool, file: str | None) -> tuple[list[Job], int]:
    """What is to be graded, and how many files could not be read (which has been said)."""
    from tutor.workspace import WorkspaceError

    if file is not None:
        exercise = wiring.exercise(names[0] if names else None)
        source, place = _read(file)
        return [Job(exercise, wiring.catalog.id_of(exercise), source, place, record=False)], 0
    if everything:
        exercises = list(wiring.catalog.exercises)
        if not exercises:
            raise Refusal(_("There is no exercise to grade."))
    else:
        found = [wiring.exercise(name) for name in names] or [wiring.exercise(None)]
        exercises = list({id(e): e for e in found}.values())  # one named twice is graded once
    session = wiring.session()
    jobs = []
    for exercise in exercises:
        path = wiring.workspace.path(exercise)
        key = wiring.catalog.id_of(exercise)
        try:
            if not everything:
                session.open(exercise)
            elif not path.exists() and not path.is_symlink():
                jobs.append(Job(exercise, key, exercise.stub.read_bytes(), str(exercise.stub), record=False))
                continue
            jobs.append(Job(exercise, key, wiring.workspace.read(exercise), str(path), record=True))
        except WorkspaceError as error:
            paper.warn(str(error))
    return jobs, len(exercises) - len(jobs)


def _read(file: str) -> tuple[bytes, str]:
    """The bytes of ``--file``. Raises WorkspaceError and Refusal, with a sentence."""
    from tutor.workspace.files import MOST_BYTES, read_submission

    if file != "-":
        path = Path(file).expanduser().absolute()
        if not path.exists():
            raise Refusal(_("There is no file {path}.").format(path=path))
        return read_submission(path), str(path)
    source = sys.stdin.buffer.read(MOST_BYTES + 1)
    if len(source) > MOST_BYTES:
        raise Refusal(_("What came on standard input is too large to be graded."))
    return source, _("standard input")


async def _grade(
    wiring: Wiring,
    shared: SharedEngine | None,
    jobs: Sequence[Job],
    device: Device,
    seed: int,
    audience: Audience,
) -> list[int]:
    """Grade ``jobs`` one after another with one engine; their exit statuses.

    What the per-user server cannot do is done again, once, by an engine for this call alone.

    Raises:
        EngineDied: the engine could not be started.
    """
    from tutor.grading import EngineDied
    from tutor.grading.private import NoServer

    statuses: list[int] = []
    audience.warming()
    if shared is not None:
        try:
            async with shared:
                await _grade_with(wiring, shared, jobs, device, seed, audience, statuses, insist=False)
        except (EngineDied, NoServer) as error:
            if str(error):  # empty: this system has no such servers, which is no news
                paper.warn(str(error))
                paper.warn(_("Grading with an engine for this check alone…"))
            audience.warming()
        else:
            return statuses
    async with wiring.engine() as engine:
        await _grade_with(wiring, engine, jobs[len(statuses) :], device, seed, audience, statuses, insist=True)
    return statuses


async def _grade_with(
    wiring: Wiring,
    engine: AnyEngine,
    jobs: Sequence[Job],
    device: Device,
    seed: int,
    audience: Audience,
    statuses: list[int],
    *,
    insist: bool,
) -> None:
    """Grade ``jobs``, and add their exit statuses to ``statuses``.

    Args:
        insist: go on with the next job where the engine dies during one.

    Raises:
        EngineDied: the engine could not be started, or died.
        NoServer: there can be no per-user server.
    """
    from tutor.grading import EngineDied

    session = wiring.session(engine)
    await session.warm()
    for job in jobs:
        audience.begin(job)
        try:
            outcome = await _grade_one(session, job, device, seed, audience)
        except EngineDied as error:  # the next job gets a new engine
            if not insist:
                raise
            outcome = None
            paper.warn(str(error))
        audience.end(outcome, session.next_exercise(job.exercise))
        statuses.append(TROUBLE if outcome is None else status_of(outcome.report))


async def _grade_one(session: Session, job: Job, device: Device, seed: int, audience: Audience) -> Outcome | None:
    from tutor.session import Outcome

    outcome = None
    async with aclosing(session.check(job.exercise, job.source, device, seed, record=job.record)) as events:
        async for event in events:
            if isinstance(event, Outcome):
                outcome = event
            else:
                audience.hear(event)
    return outcome


def status_of(report: Report) -> int:
    """The exit status that a report stands for."""
    if report.passed:
        return 0
    if report.fault is not None and report.fault.kind in NOT_THE_SUBMISSION:
        return TROUBLE
    return 1

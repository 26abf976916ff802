"""``hint``, ``solution`` and ``diff``: help, the gentlest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tutor.cli import paper
from tutor.cli.errors import Refusal
from tutor.cli.root import Command, exercise_argument
from tutor.cli.wiring import Wiring
from tutor.locale import _, current

if TYPE_CHECKING:
    from tutor.catalog import Exercise

_DIFF_STYLES = {"+++": "bold", "---": "bold", "@@": "cyan", "+": "green", "-": "red"}


def hint_command() -> click.Command:
    return Command(
        "hint",
        _hint,
        short=_("A hint for your last check; each call shows one more step."),
        text=_("Without ID: the exercise opened last."),
        params=[exercise_argument(required=False)],
    )


def solution_command() -> click.Command:
    return Command(
        "solution",
        _solution,
        short=_("The explained solution, once you have passed."),
        params=[exercise_argument(required=True), _anyway()],
    )


def diff_command() -> click.Command:
    return Command(
        "diff",
        _diff,
        short=_("What differs between your file and the solution, once you have passed."),
        params=[exercise_argument(required=True), _anyway()],
    )


def _anyway() -> click.Option:
    return click.Option(["--anyway"], is_flag=True, help=_("Show it before you have passed, too."))


def _hint(wiring: Wiring, name: str | None) -> int:
    exercise = wiring.exercise(name)
    key = wiring.catalog.id_of(exercise)
    hint = wiring.session().hint(exercise)
    if hint is None:
        raise Refusal(_why_no_hint(wiring, exercise))
    paper.say((hint.question, "bold"))
    for step in hint.steps[: hint.shown]:
        paper.say()
        paper.markdown(step)
    paper.say()
    count = _("Step {shown} of {total}.").format(shown=hint.shown, total=len(hint.steps))
    gap = "" if count.endswith("。") else " "
    if hint.shown < len(hint.steps):
        paper.say(count, gap, _("The next one: tutor hint {id}").format(id=key))
    else:
        paper.say(count, gap, _("That was the last one."))
    return 0


def _why_no_hint(wiring: Wiring, exercise: Exercise) -> str:
    from tutor.session import unwritten

    key = wiring.catalog.id_of(exercise)
    attempt = wiring.workspace.last_attempt(exercise.key)
    if attempt is None:
        return _("There is no check to give a hint for yet: `tutor check {id}` first.").format(id=key)
    if attempt.report.passed:
        return _("Your last check passed. `tutor solution {id}` explains the solution.").format(id=key)
    if attempt.report.fault is not None:
        return attempt.report.fault.message
    if unwritten(attempt.report):
        said = _("Nothing is written in your file yet: hints are about mistakes. `tutor show {id}` shows the lesson.")
        return said.format(id=key)
    return _("No hint fits your last check.")


def _solution(wiring: Wiring, name: str, anyway: bool) -> int:
    exercise = wiring.exercise(name)
    _require_pass(wiring, exercise, "solution", anyway)
    paper.markdown(exercise.explained(current()))
    paper.say()
    paper.say((_("The solution: {path}").format(path=exercise.solutions[0]), "bold"))
    paper.say()
    paper.code(exercise.solutions[0].read_text(encoding="utf-8"))
    return 0


def _diff(wiring: Wiring, name: str, anyway: bool) -> int:
    exercise = wiring.exercise(name)
    _require_pass(wiring, exercise, "diff", anyway)
    diff = wiring.session().diff(exercise)
    if not diff:
        paper.say(_("Your file is the solution, letter by letter."))
    for line in diff.splitlines():
        style = next((style for start, style in _DIFF_STYLES.items() if line.startswith(start)), "")
        paper.say((line, style))
    return 0


def _require_pass(wiring: Wiring, exercise: Exercise, command: str, anyway: bool) -> None:
    key = wiring.catalog.id_of(exercise)
    if not anyway and wiring.states()[key] != "passed":
        raise Refusal(
            _(
                "You have not passed {id} yet, and you learn more by getting there. `tutor hint {id}` helps a little; "
                "`tutor {command} {id} --anyway` shows the solution."
            ).format(id=key, command=command)
        )

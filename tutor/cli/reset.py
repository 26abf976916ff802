"""``reset``: begin an exercise again."""

from __future__ import annotations

import click

from tutor.cli import paper
from tutor.cli.root import Command, exercise_argument
from tutor.cli.wiring import Wiring
from tutor.locale import _


def reset_command() -> click.Command:
    return Command(
        "reset",
        _reset,
        short=_("Begin an exercise again; your file is kept as a backup."),
        params=[exercise_argument(required=True)],
    )


def _reset(wiring: Wiring, name: str) -> int:
    exercise = wiring.exercise(name)
    path = wiring.workspace.path(exercise)
    backup = wiring.workspace.reset(exercise)
    if backup is None:
        paper.say(_("There was no file yet. The stub is at {path}").format(path=path))
    else:
        paper.say(_("The stub is back at {path}").format(path=path))
        paper.say(_("What was there is kept as {backup}").format(backup=backup))
    return 0

"""``pack new``: a pack to begin with."""

from __future__ import annotations

from pathlib import Path

import click

from tutor.cli import paper
from tutor.cli.errors import Refusal
from tutor.cli.root import Command
from tutor.cli.wiring import Wiring
from tutor.locale import _


def new_command() -> click.Command:
    return Command(
        "new",
        _new,
        short=_("Begin a pack: a distribution with one small exercise, complete and proved."),
        text=_("It is written to FOLDER; without it, to a folder called NAME, here."),
        params=[
            click.Argument(["name"], metavar="NAME"),
            click.Argument(["folder"], required=False, metavar="[FOLDER]"),
        ],
    )


def _new(wiring: Wiring, name: str, folder: str | None) -> int:
    from tutor.authoring.new import NotMade, new_pack

    place = Path(folder).expanduser() if folder is not None else Path(name)
    try:
        pack = new_pack(name, place)
    except NotMade as error:
        raise Refusal(str(error)) from error
    paper.say((_("The pack {name} is in {folder}.").format(name=name, folder=pack), "bold"))
    paper.say(_("Prove it:   tutor pack check {folder}").format(folder=place))
    paper.say(_("Use it:     tutor pack add {folder}").format(folder=place))
    return 0

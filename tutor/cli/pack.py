"""``pack``: for instructors, and for whoever learns from a pack that is not built in."""

from __future__ import annotations

import click

from tutor.cli.groups import Group
from tutor.locale import _

_COMMANDS = {
    "new": "pack_new",
    "check": "pack_check",
    "add": "pack_library",
    "list": "pack_library",
    "update": "pack_library",
    "remove": "pack_library",
}
"""In the order of the help. The module of each has a function ``<name>_command``."""


def pack_command() -> click.Command:
    text = _("Packs of exercises: write one, prove it, add those of others.")
    return Group("pack", _COMMANDS, short=text)

"""``pack add``, ``list``, ``update`` and ``remove``: the packs beside the built-in one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tutor.cli import paper
from tutor.cli.errors import Refusal
from tutor.cli.root import Command
from tutor.cli.wiring import Wiring
from tutor.locale import _, current, plural

if TYPE_CHECKING:
    from tutor.authoring.library import Candidate
    from tutor.workspace.packs import AddedPack


def add_command() -> click.Command:
    return Command(
        "add",
        _add,
        short=_("Add a pack of somebody's, to learn from it."),
        text=_(
            "SOURCE is a folder, an address for git (https://…, user@host:path, anything that ends in .git), or the "
            "name of an installed distribution. A folder or a repository is copied."
        ),
        params=[
            click.Argument(["source"], metavar="SOURCE"),
            click.Option(["--yes", "yes"], is_flag=True, help=_("Do not ask: the author of the pack is trusted.")),
        ],
    )


def list_command() -> click.Command:
    return Command(
        "list",
        _list,
        short=_("The packs there are, and from where."),
        params=[click.Option(["--json", "as_json"], is_flag=True, help=_("Print JSON instead."))],
    )


def update_command() -> click.Command:
    return Command(
        "update",
        _update,
        short=_("Bring packs to what their sources are now; your own files stay."),
        text=_("Without NAME: every pack that was added."),
        params=[click.Argument(["names"], nargs=-1, metavar="[NAME]...")],
    )


def remove_command() -> click.Command:
    return Command(
        "remove",
        _remove,
        short=_("Take a pack away; your own files and your progress stay."),
        params=[click.Argument(["name"], metavar="NAME")],
    )


def _add(wiring: Wiring, source: str, yes: bool) -> int:
    from tutor.authoring.library import NotAdded, add, looked_at, require_free

    try:
        with looked_at(source) as candidate:
            require_free(candidate)
            _introduce(candidate)
            if not yes:
                _ask()
            added = add(candidate)
    except NotAdded as error:
        raise Refusal(str(error)) from error
    paper.say((_("Added: {name}. `tutor list` shows its exercises.").format(name=added.name), "bold"))
    return 0


def _introduce(candidate: Candidate) -> None:
    from tutor.catalog import in_language

    pack = candidate.pack
    count = plural("{count} exercise", "{count} exercises", len(pack.exercises)).format(count=len(pack.exercises))
    paper.say((f"{pack.name}: {in_language(pack.title, current())}", "bold"), f"  ({count})")
    paper.say(_("From {source}").format(source=_source(candidate.source, candidate.version)))
    paper.say(
        _(
            "A pack runs code: its graders run with your rights, not in a box as your answers do. Add packs of people "
            "whom you trust."
        )
    )


def _ask() -> None:
    """Raises Refusal unless the person at the terminal says yes."""
    if not paper.is_terminal("stdin", "stdout"):
        raise Refusal(_("Nobody is there to say yes: with --yes, the pack is added without being asked."))
    try:
        answer = input(_("Add it? [y/N] "))
    except EOFError:
        answer = ""
    if answer.strip().lower() not in ("y", "yes", "はい"):
        raise Refusal(_("Nothing was added."))


def _list(wiring: Wiring, as_json: bool) -> int:
    from tutor.authoring.library import installed_packs
    from tutor.catalog import BUILTIN, in_language
    from tutor.workspace import SettingsError
    from tutor.workspace.packs import added_packs

    catalog = wiring.catalog
    try:
        added = {pack.name: pack for pack in added_packs()}
    except SettingsError:
        added = {}  # said already, as a problem of the catalogue
    offered = [o for o in installed_packs() if o.folder is not None and o.name not in added]
    if as_json:
        rows = [_row(pack.name, len(pack.exercises), added.get(pack.name), pack.folder) for pack in catalog.packs]
        loaded = {pack.name for pack in catalog.packs}
        rows += [_row(name, None, pack, pack.folder) for name, pack in added.items() if name not in loaded]
        names = [{"name": offer.name, "distribution": offer.distribution} for offer in offered]
        paper.data({"version": 1, "packs": rows, "offered": names})
        return 0
    for pack in catalog.packs:
        count = plural("{count} exercise", "{count} exercises", len(pack.exercises)).format(count=len(pack.exercises))
        paper.say((pack.name, "bold"), f"  {in_language(pack.title, current())}  ({count})")
        known = added.pop(pack.name, None)
        if known is not None:
            paper.say("    ", _("From {source}").format(source=_source(known.source, known.version)))
        elif pack.name == BUILTIN:
            paper.say("    ", _("Built in"))
        paper.say("    ", (str(pack.folder), "dim"))
    for known in added.values():
        paper.say((known.name, "bold"), "  ", (_("cannot be used"), "red"))
        paper.say("    ", _("From {source}").format(source=_source(known.source, known.version)))
    for offer in offered:
        paper.say(
            (offer.name, "bold"), "  ", _("installed, not added: tutor pack add {name}").format(name=offer.distribution)
        )
    return 0


def _row(name: str, count: int | None, added: AddedPack | None, folder: Path) -> dict[str, Any]:
    return {
        "name": name,
        "exercises": count,
        "kind": added.kind if added is not None else "built-in",
        "source": added.source if added is not None else None,
        "version": (added.version or None) if added is not None else None,
        "folder": str(folder),
    }


def _update(wiring: Wiring, names: Sequence[str]) -> int:
    from tutor.authoring.library import NotAdded, update
    from tutor.workspace.packs import added_packs

    wanted = list(dict.fromkeys(names)) or [pack.name for pack in added_packs()]
    if not wanted:
        raise Refusal(_("No pack was added: there is nothing to update."))
    status = 0
    for name in wanted:
        try:
            pack, changed, kept = update(name)
        except NotAdded as error:
            # Most of these sentences begin with the pack's name.
            text = str(error)
            paper.warn(text if repr(name) in text or text.startswith(name) else f"{name}: {text}")
            status = 2
            continue
        if kept is not None:
            paper.say(
                _("{name}: somebody had changed the copy, which is kept as {folder}.").format(name=name, folder=kept)
            )
        if changed:
            paper.say(_("{name}: brought to {source}.").format(name=name, source=_source(pack.source, pack.version)))
        else:
            paper.say(_("{name}: nothing has changed.").format(name=name))
            if pack.kind == "distribution":
                paper.say(
                    "    ",
                    _("A newer one is installed with: python -m pip install --upgrade {name}").format(name=pack.source),
                )
    return status


def _remove(wiring: Wiring, name: str) -> int:
    from tutor.authoring.library import NotAdded, remove

    try:
        pack, kept = remove(name)
    except NotAdded as error:
        raise Refusal(str(error)) from error
    if kept is not None:
        _say_kept(name, kept)
    paper.say(_("Removed: {name}. Your files and your progress are as they were.").format(name=name))
    if pack.kind == "distribution":
        paper.say(_("It is still installed: python -m pip uninstall {name}").format(name=pack.source))
    return 0


def _say_kept(name: str, folder: Path) -> None:
    paper.say(_("{name}: somebody had changed the copy, which is kept as {folder}.").format(name=name, folder=folder))


def _source(source: str, version: str) -> str:
    return f"{source} ({version[:12]})" if version else source

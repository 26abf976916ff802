"""``tutor`` without a command: the app, wired to the real session.

The learner looks at an empty terminal until the first paint. So what is not painted is neither imported nor done here.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from tutor.cli.ending import finish
from tutor.cli.errors import Refusal
from tutor.cli.wiring import Wiring, first_look, load_catalog, make_engine
from tutor.locale import _

if TYPE_CHECKING:
    from tutor.app import Choice, LearnerSession, Preferences


def run_app() -> int:
    """A command line with nothing on it, from its beginning to its exit status."""
    wiring = Wiring()

    def work() -> int:
        wiring.speak(())
        return start(wiring)

    return finish(wiring, work)


def start(wiring: Wiring) -> int:
    """Show the app until the learner leaves.

    Raises:
        Refusal: there is no terminal, or textual is not installed.
        SettingsError: the settings cannot be read.
    """
    from tutor.cli import paper

    if os.environ.get("TEXTUAL_DRIVER"):
        pass  # it is shown somewhere else: see tutor.cli.serve
    elif not paper.is_terminal("stdin", "stdout"):
        if paper.is_dumb():
            raise Refusal(
                _(
                    "This terminal says that it shows only lines (TERM=dumb), and the app needs more. Here, use `tutor "
                    "list`, `tutor show ID` and `tutor check ID`; `tutor --help` shows all commands."
                )
            )
        raise Refusal(
            _(
                "The app needs a terminal. Without one, use `tutor list`, `tutor show ID` and `tutor check ID`; "
                "`tutor --help` shows all commands."
            )
        )
    from tutor import app

    settings = wiring.settings
    known = seen = _choice(wiring)
    kept = app.Preferences(settings.theme, settings.editor, settings.device, settings.keys)

    def remember(choice: Choice) -> None:
        # What this command line says holds for this run: only what was chosen on the screen is kept.
        nonlocal seen
        changed: dict[str, object] = {}
        if seen is None or choice.language != seen.language:
            changed["language"] = choice.language
        if seen is None or choice.folder != seen.folder:
            changed["workspace"] = choice.folder
        _change(changed)
        seen = choice  # not before: what could not be written is written with the next choice

    def keep(preferences: Preferences) -> None:
        nonlocal kept
        before, after = kept._asdict(), preferences._asdict()
        del before["keys"], after["keys"]
        _change({name: after[name] for name in after if after[name] != before[name]}, kept.keys, preferences.keys)
        kept = preferences

    try:
        return app.run(
            lambda choice: open_session(choice, wiring),
            choice=known,
            folder=wiring.folder,
            remember=remember,
            preferences=kept,
            keep=keep,
        )
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "textual":
            raise
        raise Refusal(
            _(
                "The app needs textual, which is not installed here: `python -m pip install textual`. "
                "`tutor list`, `tutor show ID` and `tutor check ID` work without it."
            )
        ) from error


def _change(
    changed: Mapping[str, object],
    before: Mapping[str, str] = MappingProxyType({}),
    after: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Write what was changed here, the keys from ``before`` to ``after``; the rest stays as another tutor may have it.

    Raises:
        SettingsError: it cannot be written.
    """
    from msgspec.structs import replace

    from tutor.workspace.settings import Settings, change_settings

    def change(settings: Settings) -> Settings:
        keys = {id: key for id, key in settings.keys.items() if id in after or id not in before}
        keys |= {id: key for id, key in after.items() if key != before.get(id)}
        return replace(settings, **changed, keys=keys)

    change_settings(change)


def open_session(choice: Choice, wiring: Wiring) -> LearnerSession:
    """The learner at work, as far as a list needs one: its engine is made when it is first asked for something.

    Raises:
        SetupError: the folder or the packs cannot be used.
    """
    from tutor.catalog.problems import PackError
    from tutor.session import Session
    from tutor.workspace import Workspace
    from tutor.workspace.errors import WorkspaceError

    try:
        workspace = Workspace.open(choice.folder)
        workspace.enter()
        wiring.take_up(workspace)
        catalog = first_look() or load_catalog()
    except (WorkspaceError, PackError) as error:
        from tutor.app import SetupError

        raise SetupError(str(error)) from error
    return Session(catalog, workspace, lambda catalog: make_engine(catalog, workspace.folder), load_catalog)


def _choice(wiring: Wiring) -> Choice | None:
    """What the learner chose before, or says on this command line; None where something is left to ask."""
    from tutor.app import Choice

    language, folder = wiring.language_option or wiring.settings.language, wiring.chosen_folder
    return Choice(language, folder) if language is not None and folder is not None else None

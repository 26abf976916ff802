"""``tutor`` without a command: the app, wired to the real session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from tutor.catalog import PackError
from tutor.cli import paper
from tutor.cli.errors import Refusal
from tutor.cli.wiring import Wiring, load_catalog, make_engine
from tutor.locale import _
from tutor.session import Session
from tutor.workspace import Workspace, WorkspaceError, save_settings

if TYPE_CHECKING:
    from tutor.app import Choice, LearnerSession


def start(wiring: Wiring) -> int:
    """Show the app until the learner leaves.

    Raises:
        Refusal: there is no terminal, or textual is not installed.
        SettingsError: the settings cannot be read.
    """
    if not paper.is_terminal("stdin", "stdout"):
        raise Refusal(
            _(
                "The app needs a terminal. Without one, use `tutor list`, `tutor show ID` and `tutor check ID`; "
                "`tutor --help` shows all commands."
            )
        )
    from tutor import app

    known = seen = _choice(wiring)

    def open_session(choice: Choice) -> LearnerSession:
        try:
            workspace = Workspace.open(choice.folder)
            catalog = load_catalog()
        except (WorkspaceError, PackError) as error:
            raise app.SetupError(str(error)) from error
        return Session(catalog, workspace, make_engine(catalog, workspace.folder))

    def remember(choice: Choice) -> None:
        # What this command line says holds for this run: only what was chosen on the screen is kept.
        nonlocal seen
        settings = wiring.fresh_settings()
        if seen is None or choice.language != seen.language:
            settings = msgspec.structs.replace(settings, language=choice.language)
        if seen is None or choice.folder != seen.folder:
            settings = msgspec.structs.replace(settings, workspace=choice.folder)
        seen = choice
        save_settings(settings)

    try:
        return app.run(
            open_session, choice=known, folder=wiring.folder, remember=remember, device=wiring.settings.device
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


def _choice(wiring: Wiring) -> Choice | None:
    """What the learner chose before, or says on this command line; None where something is left to ask."""
    from tutor.app import Choice

    language, folder = wiring.language_option or wiring.settings.language, wiring.chosen_folder
    return Choice(language, folder) if language is not None and folder is not None else None

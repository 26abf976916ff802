"""``tutor`` without a command: the app, wired to the real session.

The learner looks at an empty terminal until the first paint. So what is not painted is neither imported nor done here.
"""

from __future__ import annotations

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

    if not paper.is_terminal("stdin", "stdout"):
        raise Refusal(
            _(
                "The app needs a terminal. Without one, use `tutor list`, `tutor show ID` and `tutor check ID`; "
                "`tutor --help` shows all commands."
            )
        )
    from tutor import app

    known = seen = _choice(wiring)

    def remember(choice: Choice) -> None:
        # What this command line says holds for this run: only what was chosen on the screen is kept.
        from msgspec.structs import replace

        from tutor.workspace import save_settings

        nonlocal seen
        settings = wiring.fresh_settings()
        if seen is None or choice.language != seen.language:
            settings = replace(settings, language=choice.language)
        if seen is None or choice.folder != seen.folder:
            settings = replace(settings, workspace=choice.folder)
        seen = choice
        save_settings(settings)

    def keep(preferences: Preferences) -> None:
        from msgspec.structs import replace

        from tutor.workspace import save_settings

        save_settings(replace(wiring.fresh_settings(), **{**preferences._asdict(), "keys": dict(preferences.keys)}))

    settings = wiring.settings
    try:
        return app.run(
            open_session,
            choice=known,
            folder=wiring.folder,
            remember=remember,
            preferences=app.Preferences(settings.theme, settings.editor, settings.device, settings.keys),
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


def open_session(choice: Choice) -> LearnerSession:
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

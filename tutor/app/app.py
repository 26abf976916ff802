"""The app: holds what all screens look at (language, engine, the run in progress, states) and talks to the session."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from textual import work
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from tutor.app import looks, wrapping
from tutor.app.actions import EVERYWHERE, PALETTE, QUIT_ALWAYS, bindings, key_of, next_language
from tutor.app.choice import Choice, Preferences, SetupError
from tutor.app.folders import shortened
from tutor.app.grading import GradingApp
from tutor.app.leaving import end_soon
from tutor.app.opening import Opened, look, open_now
from tutor.app.screens.base import TutorScreen
from tutor.app.screens.home import HomeScreen
from tutor.app.words import Speaking
from tutor.locale import _, current, use

if TYPE_CHECKING:
    from textual.command import Provider
    from textual.screen import Screen

    from tutor.app.ports import Device, Keep, LearnerSession, Remember, SessionFactory, State
    from tutor.catalog.model import Exercise

T = TypeVar("T")

LOOK = 2.0
"""Seconds between two looks at what other tutors do in the learner's folder."""
BREAK = 1 / 20
"""Seconds in which nothing happens after the first paint: a thread writes it to the terminal, and should not have to
share the interpreter with whatever comes next."""


class SessionOpened(Message):
    """The session stands, and the learner's states are known."""


def _palette() -> type[Provider]:
    from tutor.app.palette import PaletteProvider

    return PaletteProvider


class TutorApp(GradingApp):
    """See ``tutor.app.start.run``."""

    CSS_PATH = ["app.tcss", "screens/home.tcss"]  # noqa: RUF012 (the first screen's own is not read by itself)
    TITLE = "torch-tutor"
    COMMANDS = {_palette}  # noqa: RUF012 (textual declares it so)
    BINDINGS = bindings((*EVERYWHERE, PALETTE, QUIT_ALWAYS))
    ENABLE_COMMAND_PALETTE = True

    language: reactive[str] = reactive("en", init=False)
    states: reactive[Mapping[str, State]] = reactive(dict, init=False)

    def __init__(
        self,
        factory: SessionFactory,
        *,
        choice: Choice | None,
        folder: Path,
        remember: Remember,
        preferences: Preferences = Preferences(),  # noqa: B008 (immutable)
        keep: Keep = lambda preferences: None,
        opening: Future[Opened] | None = None,
        painted: Callable[[], None] = lambda: None,
        theme: str = looks.DARK,
    ) -> None:
        """``theme`` is worn as long as the learner has chosen none; for the rest see ``tutor.app.start.run``."""
        super().__init__(ansi_color=True if "NO_COLOR" in os.environ else None)
        self.preferences = preferences
        """See ``prefer``."""
        self.keymap: Mapping[str, str] = {}
        """The learner's own keys, as far as they can be had: see ``tutor.app.keymap``."""
        self._keys_problems: tuple[str, ...] = ()
        self.suggested_folder = folder
        self._factory = factory
        self._choice = choice
        self._remember = remember
        self._keep = keep
        self._opening = opening
        self._painted = painted
        wrapping.install()
        self.last_exercise: str | None = None
        self.unsaved: dict[str, Callable[[], object]] = {}
        """What writes down what was typed and not saved, by the exercise's id. Blocks."""
        self._quitting = False
        if choice is not None:
            use(choice.language)
        self.set_reactive(TutorApp.language, current())
        for own in looks.THEMES:
            self.register_theme(own)
        self._own_theme = theme
        self._wear(preferences.theme)
        if preferences.keys:
            self._use_keys(preferences.keys)

    # Starting and leaving

    def get_default_screen(self) -> Screen[None]:
        if self._opening is not None and self._opening.done() and self._opening.exception() is None:
            self._take(self._opening.result())  # so that the first paint shows it
        return HomeScreen()

    def on_mount(self) -> None:
        self.call_after_refresh(self._painted)
        if self.session is not None:
            self._get_ready_soon()
        elif self._choice is not None:
            self.call_after_refresh(self._open_chosen, self._choice)
        else:
            self._welcome(self.suggested_folder)

    def _welcome(self, folder: Path, problem: str = "") -> None:
        from tutor.app.screens.welcome import WelcomeScreen

        self.push_screen(WelcomeScreen(folder, problem=problem))

    @work(group="session")
    async def _open_chosen(self, choice: Choice) -> None:
        try:
            await self.open_session(choice)
        except SetupError as error:
            # The folder of last time is gone or cannot be written: ask again, and say why.
            self._welcome(choice.folder, str(error))

    async def open_session(self, choice: Choice) -> None:
        """Open the session and start the engine.

        Raises:
            SetupError: it cannot be opened so.
        """
        opening, self._opening = self._opening, None
        if opening is not None:  # it has been under way since the process began
            opened = await asyncio.wrap_future(opening)
        else:
            opened = await asyncio.to_thread(open_now, self._factory, choice)
        if choice != self._choice:
            await self.attempt(self._remember, choice)
        self._choice = choice
        self._take(opened)
        self.post_message(SessionOpened())

    def _take(self, opened: Opened) -> None:
        self.session = opened.session
        if self.last_exercise is None:  # later on it is where one is here, wherever another tutor may be
            self.last_exercise = opened.last_exercise
        self.states = opened.states
        self.trouble = self.find_trouble()

    async def on_session_opened(self) -> None:
        while not isinstance(self.screen, HomeScreen):
            await self.pop_screen()
        self.screen.show_catalog()
        self._get_ready_soon()

    def _get_ready_soon(self) -> None:
        self.call_after_refresh(self.set_timer, BREAK, self._get_ready)

    @work(group="engine")
    async def _get_ready(self) -> None:
        """What is needed next, once the list has been painted: all of it would hold the paint up."""
        self._complain_about_keys()
        await self._check_packs()
        self.set_interval(0.5, self._look_after_engine)
        self.set_interval(LOOK, self._look_after_disk)
        if self.session is not None and self.session.workspace.shared:
            said = _("Another tutor is open on this folder. Each sees what the other saves; nothing is lost.")
            self.notify(said, severity="warning", timeout=12)
        self.run_worker(_preload, thread=True, group="preload")
        await self.warm()

    async def _check_packs(self) -> None:
        """The list was painted from what an earlier start had found: see whether all of it still holds."""
        if self.session is None or not await self.attempt(self.session.check_packs):
            return
        await self.refresh_states()
        if isinstance(self.screen, HomeScreen):
            self.screen.show_catalog()

    async def on_unmount(self) -> None:
        if self.in_terminal:
            end_soon(self.return_code or 0)  # whatever hangs from here on must not keep the process for ever
        await self.close_session()

    async def close_session(self) -> None:
        """Write down what is not saved, and end the engine; harmless when done before."""
        for write_down in self.unsaved.values():
            with suppress(Exception):  # a disk that refuses must not keep the rest from being closed
                write_down()
        if self.session is not None:
            await self.session.close()

    async def action_quit(self) -> None:
        self._quit()

    @work(group="quit")
    async def _quit(self) -> None:
        """Leave, unless a screen still has something to ask and the learner would rather stay."""
        if self._quitting:
            return
        self._quitting = True
        try:
            for screen in reversed(self.screen_stack):
                if isinstance(screen, TutorScreen) and not await screen.may_leave():
                    return
            self.exit()
        finally:
            self._quitting = False

    def action_help_quit(self) -> None:
        keys = _("{key} or {other}").format(key=self.key("app.quit"), other=self.key("app.quit_always"))
        self.notify(_("Press {key} to quit.").format(key=keys), timeout=3)

    # The disk

    def find_trouble(self) -> str:
        problem = self.session.workspace.problem if self.session is not None else None
        return super().find_trouble() or shortened(problem or "")

    def _look_after_disk(self) -> None:
        """Another tutor may have written progress; or there may be room again for what could not be written."""
        if self.session is not None and not self.disk_is_busy:
            self._look_at_disk(self.session)

    @work(group="disk")
    async def _look_at_disk(self, session: LearnerSession) -> None:
        if await self.attempt(session.workspace.look_around):
            await self.refresh_states()

    def state_of(self, exercise: Exercise) -> State:
        return self.states.get(exercise.key, "new")

    async def refresh_states(self) -> None:
        if self.session is not None:
            opened = await self.attempt(look, self.session)
            if opened is not None:
                self._take(opened)

    # Preferences, language, looks, help

    @property
    def folder(self) -> Path | None:
        """Where the learner's files are; None before that is chosen."""
        return self._choice.folder if self._choice is not None else None

    @property
    def device(self) -> Device:
        """What every check is asked to run on."""
        return self.preferences.device

    def prefer(self, preferences: Preferences) -> None:
        """Use ``preferences`` from now on, and keep them for the next start."""
        before, self.preferences = self.preferences, preferences
        self._wear(preferences.theme)
        if preferences.keys != before.keys:
            self._use_keys(preferences.keys)
            self._complain_about_keys()
            self._say_everything()
        self.run_worker(self.attempt(self._keep, preferences), group="preferences")

    def _wear(self, theme: str | None) -> None:
        """Put on ``theme``, or the app's own. Where no colour is wanted there is one that does without."""
        if self.no_color:
            theme = looks.TERMINAL
        self.theme = theme if theme in self.available_themes else self._own_theme
        if self.native_ansi_color:
            from tutor.app import reversing

            reversing.install()

    def _use_keys(self, wanted: Mapping[str, str]) -> None:
        from tutor.app.keymap import understand

        self.keymap, self._keys_problems = understand(wanted)
        self.set_keymap(self.keymap)

    def _complain_about_keys(self) -> None:
        """Say which of the learner's keys cannot be had, once."""
        problems, self._keys_problems = self._keys_problems, ()
        if problems:
            self.notify("\n".join(problems), severity="warning", timeout=15, markup=False)

    def key(self, action: str) -> str:
        """The key of the action with this id, for a sentence that names it."""
        return key_of(self, action)

    async def action_language(self) -> None:
        self.language = next_language()

    def watch_language(self, language: str) -> None:
        use(language)
        self._say_everything()
        if self._choice is not None:
            self._choice = self._choice._replace(language=language)
            self.run_worker(self.attempt(self._remember, self._choice), group="language")

    def _say_everything(self) -> None:
        for screen in self.screen_stack:
            for node in (screen, *screen.walk_children()):
                if isinstance(node, Widget) and isinstance(node, Speaking) and node.is_mounted:
                    node.say()
            screen.refresh_bindings()

    @work(group="open", exclusive=True)
    async def open_exercise(self, exercise: Exercise) -> None:
        """Go to ``exercise`` from wherever one is, unless a screen asks and the learner rather stays."""
        from tutor.app.screens.exercise import ExerciseScreen

        for screen in reversed(self.screen_stack):
            if isinstance(screen, TutorScreen) and not await screen.may_leave():
                return
        while not isinstance(self.screen, HomeScreen):
            await self.pop_screen()
        self.screen.exercises.go_to(exercise)
        await self.push_screen(ExerciseScreen(exercise))

    def action_light(self) -> None:
        self.prefer(self.preferences._replace(theme=looks.other_theme(self.current_theme)))

    def action_settings(self) -> None:
        from tutor.app.screens.settings import SettingsScreen

        if not any(isinstance(screen, SettingsScreen) for screen in self.screen_stack):
            self.push_screen(SettingsScreen())

    def action_keys(self) -> None:
        from tutor.app.screens.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self.screen))

    def action_command_palette(self) -> None:
        from tutor.app.palette import Palette

        if not isinstance(self.screen, Palette):
            self.push_screen(Palette())


def _preload() -> None:
    """Import what the next screen needs while the learner still looks at this one."""
    import importlib

    for name in (
        *("tutor.app.screens.exercise", "watchfiles"),
        "tutor.app.widgets.code_editor",
    ):
        importlib.import_module(name)
    from tutor.pages.layout import warm

    warm()

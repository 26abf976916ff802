"""The app: holds what all screens look at (language, engine, the run in progress, states) and talks to the session."""

from __future__ import annotations

import asyncio
import itertools
import os
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import aclosing, suppress
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Literal, TypeVar

from textual import work
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from tutor.app import looks, wrapping
from tutor.app.actions import EVERYWHERE, PALETTE, QUIT_ALWAYS, bindings, key_of, next_language
from tutor.app.choice import Choice, Preferences, SetupError
from tutor.app.folders import shortened
from tutor.app.host import HostedApp
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
    from tutor.app.runs import Collector, Snapshot
    from tutor.catalog.model import Exercise
    from tutor.grading.report import Report

T = TypeVar("T")

EngineState = Literal["off", "warming", "ready", "restarting", "broken"]

SETTLED = 10.0
"""Seconds that a new engine must have lived before its end is taken for an accident."""
FRAME = 1 / 20
"""Seconds between two snapshots of a run: what lies between is not painted. Verdicts do not wait for it."""

LOOK = 2.0
"""Seconds between two looks at what other tutors do in the learner's folder."""
BREAK = 1 / 20
"""Seconds in which nothing happens after the first paint: a thread writes it to the terminal, and should not have to
share the interpreter with whatever comes next."""
BREATH = 0.004
"""Seconds that events may be taken in at a stretch; then everything else has as long."""


class RunChanged(Message):
    """A run has come further."""

    def __init__(self, snapshot: Snapshot) -> None:
        super().__init__()
        self.snapshot = snapshot

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, RunChanged) and message.snapshot.token <= self.snapshot.token


class SessionOpened(Message):
    """The session stands, and the learner's states are known."""


def _palette() -> type[Provider]:
    from tutor.app.palette import PaletteProvider

    return PaletteProvider


class TutorApp(HostedApp):
    """See ``tutor.app.start.run``."""

    CSS_PATH = ["app.tcss", "screens/home.tcss"]  # noqa: RUF012 (the first screen's own is not read by itself)
    TITLE = "torch-tutor"
    COMMANDS = {_palette}  # noqa: RUF012 (textual declares it so)
    BINDINGS = bindings((*EVERYWHERE, PALETTE, QUIT_ALWAYS))
    ENABLE_COMMAND_PALETTE = True

    language: reactive[str] = reactive("en", init=False)
    engine: reactive[EngineState] = reactive("off", init=False)
    engine_problem: reactive[str] = reactive("", init=False)
    """Why the engine is not there, where it is not."""
    engine_note: reactive[str] = reactive("", init=False)
    """What the engine says it is busy with: a library that it loads, a GPU that it waits for."""
    run_now: reactive[Snapshot | None] = reactive(None, init=False)
    """The newest run, finished or not."""
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
        self.session: LearnerSession | None = None
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
        self._warm_since = 0.0
        self._tokens = itertools.count(1)
        self._newest = 0
        wrapping.install()
        self.runs: dict[str, Snapshot] = {}
        """The newest run of each exercise since the app was started, by the exercise's id."""
        self.graded: dict[str, bytes] = {}
        """What was graded last, by the exercise's id."""
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

    async def warm(self) -> bool:
        """Start the engine if need be; answer whether it stands."""
        if self.session is None:
            return False
        if self.engine != "restarting":
            self.engine = "warming"
        try:
            await self.session.warm()
        except Exception as error:  # whatever kept it from starting is said, and a key tries again
            self.log.error(error)
            self.engine_problem = str(error) or type(error).__name__
            self.engine = "broken"
            return False
        self.engine_problem = ""
        self.engine = "ready"
        self._warm_since = monotonic()
        return True

    def _look_after_engine(self) -> None:
        """An engine that ends while nobody asks anything of it is started again, unless that is all it does."""
        if self.session is None or self.engine != "ready":
            return
        if self.session.status.state != "stopped":
            self.engine_note = self.session.status.message
            return
        if monotonic() - self._warm_since < SETTLED:
            self.engine_problem = self.session.status.message
            self.engine = "broken"
        else:
            self.engine = "restarting"
            self.run_worker(self.warm(), group="engine")  # not here: the keys would wait for it

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

    # Grading

    def grade(self, exercise: Exercise, source: bytes) -> None:
        """Grade ``source``; what an older run still says is ignored from now on."""
        from tutor.app.runs import Collector

        self._newest = next(self._tokens)
        self.graded[exercise.key] = source
        collector = Collector(exercise.key, self._newest, [r.test for r in exercise.requirements])
        self._accept(collector.snapshot())
        self.run_worker(self._grade(exercise, source, collector), group="grade")

    async def _grade(self, exercise: Exercise, source: bytes, collector: Collector) -> None:
        session = self.session
        if session is None:
            return
        if self.engine == "broken" and not await self.warm():
            return
        try:
            await self._follow(session, exercise, source, collector)
        except Exception as error:  # whatever ends a run is said; the tutor lives on, with a new engine if need be
            self.log.error(error)
            if collector.token != self._newest:
                return  # the run that superseded this one sees the same, and says it
            collector.died(str(error) or type(error).__name__)
            self.post_message(RunChanged(collector.snapshot()))
            self.engine = "restarting"
            await self.warm()
        await self.refresh_states()

    async def _follow(self, session: LearnerSession, exercise: Exercise, source: bytes, collector: Collector) -> None:
        loop = asyncio.get_running_loop()
        shown_at = breath = loop.time()
        later: asyncio.TimerHandle | None = None

        def show() -> None:
            nonlocal shown_at, later
            if later is not None:
                later.cancel()
                later = None
            shown_at = loop.time()
            self.post_message(RunChanged(collector.snapshot()))

        try:
            async with aclosing(session.check(exercise, source, self.device)) as events:
                async for event in events:
                    now = loop.time()
                    if collector.feed(event) or now - shown_at >= FRAME:
                        show()
                    elif later is None:
                        later = loop.call_later(FRAME, show)
                    if now - breath >= BREATH:  # a flood never waits by itself: let keys and paint through
                        await asyncio.sleep(BREATH)
                        breath = loop.time()
        finally:
            if later is not None:
                later.cancel()
        if not collector.ended:
            raise RuntimeError(_("the run ended without a result"))

    def take_up(self, exercise: Exercise, source: bytes, report: Report) -> None:
        """``source`` was graded on an earlier start, with this ``report``."""
        from tutor.app.runs import finished

        self.graded[exercise.key] = source
        self.runs[exercise.key] = self.run_now = finished(exercise.key, report)

    def on_run_changed(self, message: RunChanged) -> None:
        self._accept(message.snapshot)

    def _accept(self, snapshot: Snapshot) -> None:
        if snapshot.token != self._newest:
            return
        self.runs[snapshot.exercise] = snapshot
        self.run_now = snapshot

    async def prepare(self, exercise: Exercise) -> None:
        """Get the engine ready for ``exercise``; if that fails, the next grading run says why."""
        if self.session is not None:
            try:
                await self.session.prepare(exercise)
            except Exception as error:
                self.log.error(error)

    async def cancel_run(self) -> None:
        if self.session is not None:
            try:
                await self.session.cancel()
            except Exception as error:  # an engine that is gone runs nothing
                self.log.error(error)

    def forget_run(self, exercise: Exercise) -> None:
        """Whatever is known of runs of ``exercise`` no longer holds."""
        self.runs.pop(exercise.key, None)
        self.graded.pop(exercise.key, None)
        self._newest = next(self._tokens)
        self.run_now = None

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
        """Go to ``exercise`` from wherever one is, unless a screen has something to ask and the learner rather stays."""
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

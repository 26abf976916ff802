"""One exercise: its lesson, and what each save of the learner's file came to."""

from __future__ import annotations

from pathlib import Path

from textual import getters, work
from textual.app import ComposeResult, SuspendNotSupported
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from tutor.app import editor
from tutor.app.actions import EXERCISE, LANGUAGE, bindings
from tutor.app.folders import short
from tutor.app.looks import WIDE
from tutor.app.marks import difficulty
from tutor.app.ports import HintView
from tutor.app.runs import Snapshot
from tutor.app.screens.base import TutorScreen
from tutor.app.screens.confirm import ConfirmScreen
from tutor.app.screens.solution import SolutionScreen
from tutor.app.watching import saves
from tutor.app.widgets.figures import CurveView, PictureView
from tutor.app.widgets.hint_box import HintBox, in_language_of
from tutor.app.widgets.key_line import KeyLine
from tutor.app.widgets.output_view import OutputView
from tutor.app.widgets.page_pane import PagePane
from tutor.app.widgets.pane_tabs import PaneTabs
from tutor.app.widgets.requirements import RequirementList
from tutor.app.widgets.status_line import StatusLine
from tutor.catalog.model import Exercise, in_language
from tutor.locale import _, current, plural


class ExerciseScreen(TutorScreen):
    """Wide: lesson and result side by side. Narrow: one of three tabs."""

    CSS_PATH = "exercise.tcss"
    ACTIONS = EXERCISE
    BINDINGS = bindings(ACTIONS)
    AUTO_FOCUS = "#lesson"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012
    UNSHOWN = frozenset({LANGUAGE.id})

    tabs = getters.query_one(PaneTabs)
    requirements = getters.query_one(RequirementList)
    hint_box = getters.query_one(HintBox)
    output = getters.query_one(OutputView)
    status = getters.query_one(StatusLine)

    shown: reactive[str] = reactive("lesson", init=False)
    """The pane of a narrow terminal."""

    def __init__(self, exercise: Exercise) -> None:
        super().__init__()
        self.exercise = exercise
        self.ready = False
        """The file is there and watched, and what is known of it is shown."""
        self._file: Path | None = None
        self._source: bytes | None = None
        """What was graded last, or found when the screen was opened: touching a file grades nothing."""
        self._following: Exercise | None = None
        self._run: Snapshot | None = None
        self._hint: HintView | None = None

    def compose(self) -> ComposeResult:
        yield Static(id="heading", markup=False)
        yield PaneTabs()
        with Horizontal(id="body"):
            yield PagePane(lambda: self.exercise.lesson(current()), id="lesson")
            with Vertical(id="right"):
                with VerticalScroll(id="result"):
                    yield Static(id="file", markup=False)
                    yield Static(id="banner", markup=False)
                    yield RequirementList(self.exercise)
                    yield HintBox()
                    yield CurveView()
                    yield PictureView()
                yield OutputView()
        yield StatusLine(self.tutor, self.exercise)
        yield KeyLine()

    def on_mount(self) -> None:
        self.watch_shown(self.shown)
        self.say()
        self._open_file()
        self.watch(self.tutor, "run_now", self._run_changed, init=False)
        known = self.tutor.runs.get(self.exercise.key)
        if known is not None:
            self._show_run(known)

    def say(self) -> None:
        language = current()
        title = " › ".join([*self._topic(), in_language(self.exercise.title, language)])
        facts = _("{minutes} min").format(minutes=self.exercise.minutes)
        self.query_one("#heading", Static).update(
            Content.assemble((title, "bold"), f"   {difficulty(self.exercise.difficulty)}  {facts}")
        )
        self.query_one("#lesson").border_title = _("Lesson")
        self.query_one("#result").border_title = _("Requirements")
        self._say_file()
        self._say_banner()
        self.tabs.say()
        if self._hint is not None:
            self._show_hint(self._hint)

    def _say_file(self) -> None:
        words = _("Your file: {path}").format(path=short(self._file)) if self._file is not None else ""
        self.query_one("#file", Static).update(words)

    def _topic(self) -> list[str]:
        session = self.tutor.session
        topics = [t for pack in session.catalog.packs for track in pack.tracks for t in track.topics] if session else []
        return [in_language(t.title, current()) for t in topics if self.exercise in t.exercises]

    # Panes

    def watch_shown(self, shown: str) -> None:
        self._lay_out()
        self.tabs.chosen = shown
        if self._narrow:
            self.query_one(f"#{shown}").focus(scroll_visible=False)

    def on_resize(self) -> None:
        if self.is_mounted:
            self._lay_out()

    @property
    def _narrow(self) -> bool:
        return self.app.size.width < WIDE

    def _lay_out(self) -> None:
        """Show the panes that have room. By `display`: a class would style all that is on the screen anew."""
        narrow, printed = self._narrow, self._run is not None and bool(self._run.output)
        self.tabs.display = narrow
        self.query_one("#lesson").display = not narrow or self.shown == "lesson"
        self.query_one("#right").display = not narrow or self.shown != "lesson"
        self.query_one("#result").display = not narrow or self.shown == "result"
        self.output.display = self.shown == "output" if narrow else printed

    def action_show(self, pane: str) -> None:
        self.shown = pane
        self.query_one(f"#{pane}").focus(scroll_visible=False)

    # The learner's file

    @work(group="file")
    async def _open_file(self) -> None:
        session = self.tutor.session
        if session is None:
            return
        file = await self.tutor.attempt(session.open, self.exercise)
        if file is None:
            return
        self._file = file
        self.tutor.last_exercise = self.exercise.key
        self.status.file = file.name
        self.status.say()
        self._say_file()
        self._following = await self.tutor.attempt(session.next_exercise, self.exercise)
        self._say_banner()
        self._prepare()
        await self._take_up()
        self.ready = True
        self._watch_file(file)
        await self.tutor.refresh_states()

    async def _take_up(self) -> None:
        """Show what is known of the file as it is now; grade it if it was changed while nobody looked."""
        session, exercise = self.tutor.session, self.exercise
        if session is None:
            return
        source = await self.tutor.attempt(session.workspace.read, exercise)
        self._source = source
        if source is None:
            return
        key = exercise.key
        if self.tutor.graded.get(key) == source:
            return
        attempt = await self.tutor.attempt(session.workspace.last_attempt, exercise.key)
        stub = await self.tutor.attempt(exercise.stub.read_bytes)
        if self._source != source:
            return  # saved meanwhile, and being graded
        if attempt is not None and attempt.source == source:
            self.tutor.take_up(exercise, source, attempt.report)
        elif source != stub:
            self.tutor.grade(exercise, source)

    @work(group="prepare", exclusive=True)
    async def _prepare(self) -> None:
        await self.tutor.prepare(self.exercise)

    @work(group="watch", exclusive=True)
    async def _watch_file(self, file: Path) -> None:
        async for _save in saves(file, self._watched_by_polling):
            await self._grade_file(only_if_changed=True)

    def _watched_by_polling(self, why: str) -> None:
        self.log.warning(why)
        self.status.note = _("checking for saves every 0.3 s")
        self.status.say()

    async def _grade_file(self, *, only_if_changed: bool) -> None:
        session = self.tutor.session
        if session is None or self._file is None:
            return
        source = await self.tutor.attempt(session.workspace.read, self.exercise)
        if source is None:
            return
        if only_if_changed and source == self._source:
            return
        self._source = source
        self.tutor.grade(self.exercise, source)
        if self.shown == "lesson":
            self.shown = "result"

    # The run

    def _run_changed(self, run: Snapshot | None) -> None:
        if run is not None and run.exercise == self.exercise.key:
            self._show_run(run)

    def _show_run(self, run: Snapshot | None) -> None:
        before, self._run = self._run, run
        self.requirements.show(run)
        self.output.show(run)
        if bool(run and run.output) != bool(before and before.output):
            self._lay_out()
        self.query_one(CurveView).show(run.curves if run is not None else ())
        self.query_one(PictureView).show(run.pictures if run is not None else ())
        self.tabs.mark = f"{run.passed_lines}/{len(run.lines)}" if run is not None else ""
        if before is None or run is None or before.running != run.running or before.token != run.token:
            self._say_banner()
            self.refresh_bindings()
            self.query_one("#result").scroll_home(animate=False)
        if run is None or not run.running:
            self._show_hint(run.hint if run is not None else None)

    def _say_banner(self) -> None:
        banner = self.query_one("#banner", Static)
        run = self._run
        banner.display = run is not None and run.passed
        if run is None or not run.passed:
            return
        total = len(run.lines)
        done = plural("Passed: {total} requirement.", "Passed: all {total} requirements.", total).format(total=total)
        lines: list[Content] = [Content.assemble((f"✓ {done}", "bold"))]
        if self._following is not None:
            title = in_language(self._following.title, current())
            lines.append(Content(_("n: the next exercise, {title}").format(title=title)))
        else:
            lines.append(Content(_("This was the last exercise.")))
        lines.append(Content(_("s: the solution, and why it is written so")))
        banner.update(Content("\n").join(lines))

    # Hints

    @work(group="hint")
    async def _show_hint(self, hint: HintView | None) -> None:
        await self._say_hint(hint)

    async def _say_hint(self, hint: HintView | None) -> None:
        self._hint = hint
        if hint is None:
            await self.hint_box.show(None)
            return
        said = await self.tutor.attempt(in_language_of, hint, self.exercise, current())
        if said is not None and self._hint is hint:
            await self.hint_box.show(said)

    @work(group="hint")
    async def action_hint(self) -> None:
        session = self.tutor.session
        if session is None:
            return
        if self._run is not None and self._run.passed:
            self.notify(_("You have passed: press s for the solution."))
            return
        found = await self.tutor.attempt(lambda: (session.hint(self.exercise),))
        if found is None:
            return
        if found[0] is None:
            self.notify(_("Hints come after a first try: write something and save it."))
            return
        await self._say_hint(found[0])
        self.shown = "result"
        self.call_after_refresh(self.hint_box.scroll_visible, animate=False)

    # Actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "cancel":
            return self._run is not None and self._run.running
        return True

    async def action_edit(self) -> None:
        if self._file is None:
            return
        try:
            command = editor.find_editor()
            if editor.is_windowed(command):
                editor.start_windowed(command, self._file)
            else:
                self._edit_here(command, self._file)
        except (editor.EditorError, SuspendNotSupported) as error:
            words = _("An editor cannot be opened from here.") if isinstance(error, SuspendNotSupported) else str(error)
            self.notify(f"{words}\n{short(self._file)}", severity="error", timeout=8, markup=False)
        else:
            self._grade_now(only_if_changed=True)

    def _edit_here(self, command: list[str], file: Path) -> None:
        problem: editor.EditorError | None = None
        # Nothing else runs meanwhile, on purpose: whatever painted now would paint over the editor. An exception must
        # not leave the block, or the app would not take the terminal back.
        with self.app.suspend():
            try:
                editor.run_in_terminal(command, file)
            except editor.EditorError as error:
                problem = error
        if problem is not None:
            raise problem

    def action_grade(self) -> None:
        self._grade_now(only_if_changed=False)

    @work(group="file")
    async def _grade_now(self, *, only_if_changed: bool) -> None:
        await self._grade_file(only_if_changed=only_if_changed)

    @work(group="cancel")
    async def action_cancel(self) -> None:
        await self.tutor.cancel_run()

    @work(group="reset", exclusive=True)
    async def action_reset(self) -> None:
        session, file = self.tutor.session, self._file
        if session is None or file is None:
            return
        question = _("Start again from the stub? A dated copy of your file is kept.")
        if not await self.app.push_screen_wait(ConfirmScreen(question, yes=_("Start again"), no=_("Keep my file"))):
            return
        if self._run is not None and self._run.running:
            await self.tutor.cancel_run()
        done = await self.tutor.attempt(
            lambda: (session.workspace.reset(self.exercise), session.workspace.read(self.exercise))
        )
        if done is None:
            return
        backup, source = done
        self._source = source  # the stub's coming back is no save of the learner's
        self.tutor.forget_run(self.exercise)
        self._show_run(None)
        words = [_("The stub is back.")]
        if backup is not None:
            words.append(_("Your file was kept: {path}").format(path=short(backup)))
        self.notify("\n".join(words), timeout=10, markup=False)

    def action_solution(self) -> None:
        if self.tutor.state_of(self.exercise) == "passed" or (self._run is not None and self._run.passed):
            self.app.push_screen(SolutionScreen(self.exercise, self._following))
        else:
            self.notify(_("The solution opens once you have passed."))

    def action_next(self) -> None:
        if self._following is None:
            self.notify(_("This is the last exercise."))
        else:
            self.app.switch_screen(ExerciseScreen(self._following))

    def action_back(self) -> None:
        self.app.pop_screen()

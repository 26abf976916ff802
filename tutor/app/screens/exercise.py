"""One exercise: its lesson, the learner's file, and what each save of it came to."""

from __future__ import annotations

import asyncio

from textual import events, work
from textual.app import ComposeResult
from textual.containers import Grid
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tutor.app.actions import EXERCISE, LANGUAGE, SETTINGS, bindings
from tutor.app.folders import short
from tutor.app.marks import difficulty
from tutor.app.panes import PANES, WIDE, WIDEST, Shown, columns
from tutor.app.ports import HintView
from tutor.app.runs import Snapshot
from tutor.app.screens.exercise_editing import EditingScreen
from tutor.app.widgets.hints_pane import HintsPane, in_language_of
from tutor.app.widgets.key_line import KeyLine
from tutor.app.widgets.output_view import OutputView
from tutor.app.widgets.page_pane import PagePane
from tutor.app.widgets.pane_tabs import PaneTabs
from tutor.app.widgets.plots_pane import PlotsPane
from tutor.app.widgets.requirements import line_of
from tutor.app.widgets.result_pane import ResultPane
from tutor.app.widgets.solution_pane import SolutionPane
from tutor.app.widgets.status_line import StatusLine
from tutor.app.widgets.verdict_strip import passed_words, verdict_of
from tutor.catalog.model import Exercise, in_language
from tutor.locale import _, current

MOST_COLUMNS = 3


class ExerciseScreen(EditingScreen):
    """Seven panes: one at a time in a narrow terminal, two or three beside each other in a wider one."""

    # Not in a file of its own: with each of these that it comes upon, Textual parses all that there is once more.
    DEFAULT_CSS = """
    ExerciseScreen {
        #heading {
            padding: 0 1;
            height: 1;
            background: $panel;
            text-wrap: nowrap;
            text-overflow: ellipsis;
        }

        #body {
            height: 1fr;
            grid-size: 1;
            grid-rows: 1 1fr;
            grid-columns: 1fr;
        }

        &.-wide #body {
            grid-size: 2;
            grid-columns: 6fr 5fr;
            grid-gutter: 0 1;
        }

        &.-widest #body {
            grid-size: 3;
            grid-columns: 6fr 7fr 6fr;
            grid-gutter: 0 1;
        }

        #lesson, #solution, #result, #hints, #output, #plots {
            padding: 1 1 0 1;
        }

        /* Every line counts. */
        &.-short {
            #lesson, #solution, #result, #hints, #output, #plots {
                padding: 0 1;
            }
        }
    }
    """
    ACTIONS = EXERCISE
    BINDINGS = bindings(ACTIONS)
    AUTO_FOCUS = "#lesson"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide"), (WIDEST, "-widest")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (18, "-tall")]  # noqa: RUF012
    UNSHOWN = frozenset({LANGUAGE.id, SETTINGS.id})

    def __init__(self, exercise: Exercise) -> None:
        super().__init__(exercise)
        self._shown = Shown()
        self.lesson = PagePane(lambda: self.exercise.lesson(current()), id="lesson")
        self.solution = SolutionPane(exercise)
        self.result = ResultPane(exercise)
        self.hints = HintsPane()
        self.output = OutputView()
        self.plots = PlotsPane(exercise, id="plots")
        # A pane of a column to the left stands before those of a column to the right, in every width.
        panes = (self.lesson, self.solution, self.code, self.result, self.hints, self.output, self.plots)
        self._panes: dict[str, Widget] = {str(pane.id): pane for pane in panes}
        self._run: Snapshot | None = None
        self._ended: Snapshot | None = None
        """The newest one that is over, while another one is under way."""
        self._hint: HintView | None = None
        self._failed = 0
        """How many times the learner went to the line of a failure of this run."""

    def compose(self) -> ComposeResult:
        # Textual does this at the first resize: then every widget is mounted, and is styled once more because of it.
        width, height = self.app.size
        self.add_class(*self._get_breakpoint_classes(width, self.HORIZONTAL_BREAKPOINTS), update=False)
        self.add_class(*self._get_breakpoint_classes(height, self.VERTICAL_BREAKPOINTS), update=False)
        yield Static(id="heading", markup=False)
        with Grid(id="body"):
            for number in range(len(columns(width))):
                yield PaneTabs(id=f"tabs-{number}")
            yield self.lesson
        yield StatusLine(self.tutor, self.exercise)
        yield KeyLine()

    def on_mount(self) -> None:
        self._lay_out()
        self.say()
        self._begin()
        self.watch(self.tutor, "run_now", self._run_changed, init=False)
        self.watch(self.tutor, "states", self._say_opened, init=False)
        known = self.tutor.runs.get(self.exercise.key)
        if known is not None:
            self._show_run(known)

    @work(group="begin")
    async def _begin(self) -> None:
        """What can wait until the lesson can be read: the file, and all other panes."""
        await self.lesson.filled.wait()
        painted = asyncio.Event()
        self.call_after_refresh(painted.set)
        await painted.wait()
        self.open_file()
        for name in self._shown.panes(self._width):
            await self._mount_pane(name)
        self._show_run(self._run)
        with self.app.batch_update():  # or the body would be painted anew with each
            for number in range(len(self.query(PaneTabs)), MOST_COLUMNS):
                tabs = PaneTabs(id=f"tabs-{number}")
                tabs.display = False  # the grid would have a cell more, and all of it would jump
                await self.query_one("#body").mount(tabs, before=self.lesson)
            for name in self._panes:
                await self._mount_pane(name)
        self.all_there.set()
        self._lay_out()
        self._show_run(self._run)
        self._say_banner()
        self._say_opened()

    async def _mount_pane(self, name: str) -> None:
        """Mount a pane in its place among those that are mounted."""
        if not self._panes[name].is_attached:
            names = list(self._panes)
            before = [pane for pane in names[: names.index(name)] if self._panes[pane].is_attached]
            await self.query_one("#body").mount(self._panes[name], after=self._panes[before[-1]])

    def say(self) -> None:
        language = current()
        title = " › ".join([*self._topic(), in_language(self.exercise.title, language)])
        facts = _("{minutes} min").format(minutes=self.exercise.minutes)
        self.query_one("#heading", Static).update(
            Content.assemble((title, "bold"), f"   {difficulty(self.exercise.difficulty)}  {facts}")
        )
        self.show_file()
        self._say_pointer()
        self._say_verdict()
        if self._hint is not None:
            self._show_hint(self._hint)

    def show_file(self) -> None:
        self.result.say_file(_("Your file: {path}").format(path=short(self._file)) if self._file is not None else "")
        self._say_banner()

    def _topic(self) -> list[str]:
        session = self.tutor.session
        topics = [t for pack in session.catalog.packs for track in pack.tracks for t in track.topics] if session else []
        return [in_language(t.title, current()) for t in topics if self.exercise in t.exercises]

    # Panes

    @property
    def shown(self) -> str:
        """The pane that was asked for last; in a narrow terminal the only one that is seen."""
        return self._shown.latest

    @property
    def _width(self) -> int:
        return self.app.size.width

    def on_resize(self) -> None:
        if self.is_mounted:
            self._lay_out()

    def _lay_out(self) -> None:
        """Show the panes that have room. By `display`: a class would style all that is on the screen anew."""
        now = columns(self._width)
        for number, tabs in enumerate(self.query(PaneTabs)):
            tabs.display = number < len(now)
            if number < len(now):
                tabs.column, tabs.chosen = now[number], self._shown.of(now[number])
        seen = self._shown.panes(self._width)
        for name, pane in self._panes.items():
            pane.display = name in seen
        self._say_tabs()
        self._say_verdict()
        focused = self._pane_of_focus()
        if focused is not None and focused not in seen:
            self._focus_shown()

    def _focus_shown(self) -> None:
        pane = self._panes[self.shown]
        if pane.is_attached:  # otherwise it gets the focus when it is
            # At once, and not as `focus` does it, after the next paint: all of it is to be painted together.
            self.set_focus(pane, scroll_visible=False)

    def _say_tabs(self) -> None:
        """Marks on the tabs, and where the keys go."""
        run, code = self._run, self.code
        marks = {
            "code": "!" if code.disk is not None or code.gone else "•" if code.dirty else "",
            "result": f"{run.passed_lines}/{len(run.lines)}" if run is not None else "",
            "hints": self.hints.mark,
            "output": "▪" if run is not None and run.output else "",
            "plots": "▪" if self.plots.has_something else "",
        }
        focused = self._pane_of_focus()
        for tabs in self.query(PaneTabs):
            tabs.marks = marks
            tabs.current = focused in tabs.column

    def _pane_of_focus(self) -> str | None:
        if self.focused is None:
            return None
        return next((node.id for node in self.focused.ancestors_with_self if node.id in PANES), None)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        pane = self._pane_of_focus()
        if pane is not None:
            self._shown.ask(pane)
        self._say_tabs()

    def action_show(self, pane: str) -> None:
        self._shown.ask(pane)
        if self._pane_of_focus() != pane:
            self._focus_shown()
        self._lay_out()

    def show_graded(self) -> None:
        self._shown.make_way(self._width, typing=self.code.editing)
        self._lay_out()

    def say_editing(self) -> None:
        self.status.editing, self.status.unsaved = self.code.editing, self.code.dirty
        self.status.conflict = self.code.disk is not None
        self.status.say()
        self._say_tabs()
        self._say_verdict()
        self.refresh_bindings()

    # The run

    def _run_changed(self, run: Snapshot | None) -> None:
        if run is not None and run.exercise == self.exercise.key:
            self._show_run(run)

    def forget_run(self) -> None:
        self._show_run(None)

    def _show_run(self, run: Snapshot | None) -> None:
        before, self._run = self._run, run
        for pane in (self.result, self.output, self.plots):
            if pane.is_attached:
                pane.show(run)
        self._say_tabs()
        self._say_verdict()
        if before is None or run is None or before.running != run.running or before.token != run.token:
            self._failed = 0
            self._say_banner()
            self._say_opened()
            self.refresh_bindings()
            self.result.scroll_home(animate=False)
        if run is None or not run.running:
            self._show_hint(run.hint if run is not None else None)

    @property
    def _opened(self) -> bool:
        """Whether the solution may be read."""
        return self.tutor.state_of(self.exercise) == "passed" or (self._run is not None and self._run.passed)

    def _say_opened(self) -> None:
        self.solution.show(self._opened)

    def _say_banner(self) -> None:
        run, key = self._run, self.tutor.key
        if run is None or not run.passed:
            self.result.say_passed([])
            return
        lines = [Content.styled(passed_words(run), "bold")]
        if self._following is not None:
            title = in_language(self._following.title, current())
            lines.append(Content(_("{key}: the next exercise, {title}").format(key=key("exercise.next"), title=title)))
        else:
            lines.append(Content(_("This was the last exercise.")))
        lines.append(Content(_("{key}: the solution, and why it is so").format(key=key("exercise.solution"))))
        lines.append(Content(_("{key}: yours beside the solution").format(key=key("exercise.diff"))))
        self.result.say_passed(lines)

    def _say_verdict(self) -> None:
        """Beneath the text, where the result is not in sight."""
        strip, run, key = self.code.strip, self._run, self.tutor.key
        if run is not None and run.running:
            run = self._ended  # until there is another, so that the text does not jump at each save
        self._ended = run
        if "result" in self._shown.panes(self._width):
            strip.show(None)
            return
        out = f"{key('editor.leave')} " if self.code.editing else ""
        result = key("editor.result") if out else key("exercise.result")
        following = f"{out}{key('exercise.next')}" if self._following is not None else ""
        said = verdict_of(run, self.exercise, result=result, following=following)
        strip.show(said, old=run is not self._run)

    # Hints

    @work(group="hint")
    async def _show_hint(self, hint: HintView | None) -> None:
        await self._say_hint(hint)

    async def _say_hint(self, hint: HintView | None) -> None:
        self._hint = hint
        await self.all_there.wait()
        said = None
        if hint is not None:
            said = await self.tutor.attempt(in_language_of, hint, self.exercise, current())
            if said is None or self._hint is not hint:
                return
        run = self._run
        stopped = run is not None and run.report is not None and run.report.fault is not None
        await self.hints.show(said, passed=run is not None and run.passed, stopped=stopped)
        self._say_pointer()
        self._say_tabs()

    def _say_pointer(self) -> None:
        """One line below the requirements: that there is a hint, and about what."""
        hint, words = self.hints.hint, ""
        if hint is not None:
            words = _("Press {key} for a hint: {question}")
            words = words.format(key=self.tutor.key("exercise.hint"), question=hint.question)
        self.result.say_hint(words)

    @work(group="hint")
    async def action_hint(self) -> None:
        session = self.tutor.session
        if session is None:
            return
        if self._run is not None and self._run.passed:
            words = _("You have passed: press {key} for the solution.")
            self.notify(words.format(key=self.tutor.key("exercise.solution")))
            return
        found = await self.tutor.attempt(lambda: (session.hint(self.exercise),))
        if found is None:
            return
        if found[0] is None:
            self.notify(self.hints.none)
            return
        await self._say_hint(found[0])
        self.action_show("hints")
        self.hints.scroll_end(animate=False)

    # Actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "cancel":
            return self._run is not None and self._run.running
        if action == "save":
            return self.code.editing or self.code.dirty
        return True

    @work(group="cancel")
    async def action_cancel(self) -> None:
        await self.tutor.cancel_run()

    async def action_go_to_line(self, line: int) -> None:
        """Go to a line of the learner's file, counted from 1."""
        self.action_show("code")
        await self.code.go_to(line)

    async def action_failed_line(self) -> None:
        run = self._run
        lines = [line_of(line) for line in run.lines] if run is not None else []
        fault = run.report.fault if run is not None and run.report is not None else None
        known = [line for line in (*lines, fault.line if fault is not None else None) if line is not None]
        if not known:
            self.notify(_("No failed requirement names a line of your file."))
            return
        self._failed += 1
        await self.action_go_to_line(known[(self._failed - 1) % len(known)])

    def action_solution(self) -> None:
        if not self._opened:
            self.notify(_("The solution opens once you have passed."))
        self.action_show("solution")

    @work(group="diff")
    async def action_diff(self) -> None:
        if not self._opened or not self.exercise.solutions:
            self.notify(_("The solution opens once you have passed."))
            return
        if self.code.disk is not None:
            self.decide()
            return
        reference = await self.tutor.attempt(self.exercise.solutions[0].read_text, "utf-8")
        if reference is not None:
            from tutor.app.screens.diff import DiffScreen

            mine = self.code.text
            self.app.push_screen(DiffScreen(mine, reference, titles=lambda: (_("Yours"), _("The solution"))))

    @work(group="leave")
    async def action_next(self) -> None:
        if self._following is None:
            self.notify(_("This is the last exercise."))
        elif await self.may_leave():
            self.app.switch_screen(ExerciseScreen(self._following))

    @work(group="leave")
    async def action_back(self) -> None:
        if await self.may_leave():
            self.app.pop_screen()

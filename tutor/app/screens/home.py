"""The first screen: every exercise and how far one is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import getters
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from tutor.app.actions import HOME, bindings
from tutor.app.screens.base import TutorScreen
from tutor.app.widgets.catalog_list import CatalogList
from tutor.app.widgets.key_line import KeyLine
from tutor.app.widgets.status_line import StatusLine
from tutor.catalog.model import in_language
from tutor.locale import _, current

if TYPE_CHECKING:
    from tutor.catalog.model import Exercise


OTHER_LINES = 6
"""Lines that are not the list's, as long as nothing is wrong."""


class HomeScreen(TutorScreen):
    """Tracks, topics and exercises; what to go on with comes first."""

    ACTIONS = HOME
    BINDINGS = bindings(ACTIONS)
    AUTO_FOCUS = "CatalogList"

    exercises = getters.query_one(CatalogList)

    _away = False
    """Whether another screen lies on this one, and this one may not show the latest."""

    def compose(self) -> ComposeResult:
        # All that is known by now, so that the first paint shows it and nothing has to be laid out twice.
        yield Static(self._heading(), id="heading", markup=False)
        yield Static(self._go_on(), id="continue", markup=False)
        problems = Static(self._problems(), id="problems", markup=False)
        problems.display = bool(problems.content)
        yield problems
        exercises = CatalogList()
        session = self.tutor.session
        if session is not None:
            exercises.show(session.catalog.packs, self.tutor.state_of, self._target())
            exercises.begin_at_cursor(self.app.size.height - OTHER_LINES)
        yield exercises
        yield StatusLine(self.tutor)
        yield KeyLine()

    def on_mount(self) -> None:
        self.watch(self.tutor, "states", self.say, init=False)

    def on_screen_suspend(self) -> None:
        self._away = True

    def on_screen_resume(self) -> None:
        if self._away:
            self._away = False
            self.say()

    def show_catalog(self) -> None:
        """The session stands: show what it has, with the cursor on what to go on with."""
        if not self.is_mounted:
            return  # it will be shown then
        self.say()
        target = self._target()
        if target is not None:
            self.exercises.go_to(target)

    def say(self) -> None:
        session = self.tutor.session
        self.query_one("#heading", Static).update(self._heading())
        if session is None:
            return
        self.query_one("#continue", Static).update(self._go_on())
        problems = self.query_one("#problems", Static)
        problems.update(self._problems())
        problems.display = bool(problems.content)
        self.exercises.show(session.catalog.packs, self.tutor.state_of)
        self.query_one(StatusLine).say()

    def _exercises(self) -> list[Exercise]:
        session = self.tutor.session
        return [e for pack in session.catalog.packs for e in pack.exercises] if session is not None else []

    def _heading(self) -> Content:
        if self.tutor.session is None:
            return Content("torch-tutor")
        exercises = self._exercises()
        passed = sum(self.tutor.state_of(e) == "passed" for e in exercises)
        count = _("{passed} of {total} passed").format(passed=passed, total=len(exercises))
        return Content.assemble(("torch-tutor", "bold"), f"   {count}")

    def _go_on(self) -> Content:
        target = self._target()
        if self.tutor.session is None:
            return Content()
        if target is not None:
            started = self.tutor.state_of(target) != "new"
            words = _("Go on with: {title}") if started else _("Next: {title}")
            return Content(words.format(title=in_language(target.title, current())))
        return Content(
            _("Every exercise is passed. Well done!") if self._exercises() else _("There is no exercise here yet.")
        )

    def _problems(self) -> Content:
        session = self.tutor.session
        problems = [str(problem) for problem in session.catalog.problems] if session is not None else []
        if not problems:
            return Content()
        shown = problems[:3]
        if len(problems) > len(shown):
            shown.append(_("… and {count} more").format(count=len(problems) - len(shown)))
        return Content("\n".join([_("Some packs could not be loaded:"), *shown]))

    def _target(self) -> Exercise | None:
        """What to go on with: the exercise opened last, or the first open one after it where that is passed."""
        exercises, last = self._exercises(), self.tutor.last_exercise
        at = next((i for i, e in enumerate(exercises) if e.key == last), 0) if last is not None else 0
        ordered = exercises[at:] + exercises[:at]
        return next((e for e in ordered if self.tutor.state_of(e) != "passed"), None)

    def on_catalog_list_chosen(self, message: CatalogList.Chosen) -> None:
        self._open(message.exercise)

    def action_open(self) -> None:
        exercise = self.exercises.exercise
        if exercise is not None:
            self._open(exercise)

    def _open(self, exercise: Exercise) -> None:
        from tutor.app.screens.exercise import ExerciseScreen

        self.app.push_screen(ExerciseScreen(exercise))

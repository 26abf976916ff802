"""The first screen: every exercise and how far one is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import getters
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Footer, Static

from tutor.app.actions import HOME, bindings
from tutor.app.screens.base import TutorScreen
from tutor.app.widgets.catalog_list import CatalogList
from tutor.app.widgets.status_line import StatusLine
from tutor.locale import _, current

if TYPE_CHECKING:
    from tutor.catalog.model import Exercise


class HomeScreen(TutorScreen):
    """Tracks, topics and exercises; what to go on with comes first."""

    ACTIONS = HOME
    BINDINGS = bindings(ACTIONS)
    AUTO_FOCUS = "CatalogList"

    exercises = getters.query_one(CatalogList)

    def compose(self) -> ComposeResult:
        yield Static(id="heading", markup=False)
        yield Static(id="continue", markup=False)
        yield Static(id="problems", markup=False)
        yield CatalogList()
        yield StatusLine()
        yield Footer(compact=True)

    def on_mount(self) -> None:
        self.watch(self.tutor, "states", self.say, init=False)
        self.call_after_refresh(self.show_catalog)

    def on_screen_resume(self) -> None:
        if self.is_mounted:
            self.say()

    def show_catalog(self) -> None:
        """The session stands: show what it has, with the cursor on what to go on with."""
        if not self.is_mounted:
            return  # it will be shown then
        self.say()
        target = self._go_on_with()
        if target is not None:
            self.exercises.go_to(target)

    def say(self) -> None:
        session = self.tutor.session
        if session is None:
            self.query_one("#heading", Static).update("torch-tutor")
            return
        packs = session.catalog.packs
        everything = [e for pack in packs for e in pack.exercises]
        passed = sum(self.tutor.state_of(e) == "passed" for e in everything)
        count = _("{passed} of {total} passed").format(passed=passed, total=len(everything))
        self.query_one("#heading", Static).update(Content.assemble(("torch-tutor", "bold"), f"   {count}"))
        self._say_go_on(bool(everything))
        self._say_problems()
        self.exercises.show(packs, self.tutor.state_of)
        self.query_one(StatusLine).say()

    def _say_go_on(self, any_exercise: bool) -> None:
        from tutor.catalog.model import in_language

        target = self._go_on_with()
        if not any_exercise:
            words = _("There is no exercise here yet.")
        elif target is None:
            words = _("Every exercise is passed. Well done!")
        else:
            started = self.tutor.state_of(target) != "new"
            words = (_("Go on with: {title}") if started else _("Next: {title}")).format(
                title=in_language(target.title, current())
            )
        self.query_one("#continue", Static).update(Content(words))

    def _say_problems(self) -> None:
        session = self.tutor.session
        problems = [str(problem) for problem in session.catalog.problems] if session is not None else []
        shown = problems[:3]
        if len(problems) > len(shown):
            shown.append(_("… and {count} more").format(count=len(problems) - len(shown)))
        line = self.query_one("#problems", Static)
        line.display = bool(problems)
        if problems:
            line.update(Content("\n".join([_("Some packs could not be loaded:"), *shown])))

    def _go_on_with(self) -> Exercise | None:
        """The exercise opened last, or the first open one after it where that is passed."""
        session = self.tutor.session
        if session is None:
            return None
        exercises = [e for pack in session.catalog.packs for e in pack.exercises]
        at = next((i for i, e in enumerate(exercises) if self.tutor.id_of(e) == self.tutor.last_exercise), 0)
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

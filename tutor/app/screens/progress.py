"""How far one is: by topic, by day, how long, and what was hard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work
from textual.app import ComposeResult
from textual.containers import Container, Vertical, VerticalScroll
from textual.widgets import Static

from tutor.app.actions import PROGRESS, bindings
from tutor.app.panes import WIDE
from tutor.app.screens.base import TutorScreen
from tutor.app.widgets.key_line import KeyLine
from tutor.app.widgets.progress_sections import Chart, Facts, Hard, Recent, Section, Topics, Whole
from tutor.app.widgets.status_line import StatusLine
from tutor.locale import _, current
from tutor.workspace.overview import overview

if TYPE_CHECKING:
    from textual.geometry import Size

    from tutor.app.ports import LearnerSession

QUESTIONS = 5


class ProgressScreen(TutorScreen):
    """Everything is asked once, in a thread; what is shown is drawn anew when the width or the language changes."""

    CSS_PATH = "progress.tcss"
    ACTIONS = PROGRESS
    BINDINGS = bindings(ACTIONS)
    AUTO_FOCUS = "#progress"

    def __init__(self) -> None:
        super().__init__()
        self._everything = False
        """Whether the chart shows all days, or the last four weeks."""

    def compose(self) -> ComposeResult:
        self._fit(self.app.size)
        yield Static(id="heading", markup=False)
        with VerticalScroll(id="progress"):
            yield Whole()
            with Container(id="sections"):
                with Vertical():
                    yield Topics()
                    yield Chart()
                with Vertical():
                    yield Hard()
                    yield Recent()
        yield StatusLine(self.tutor)
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one("#heading", Static).update(_("Your progress"))
        self._look()

    def on_resize(self) -> None:
        self._fit(self.app.size)  # the event's may no longer be true

    def _fit(self, size: Size) -> None:
        self.set_class(size.width >= WIDE, "-wide")

    def say(self) -> None:
        self.query_one("#heading", Static).update(_("Your progress"))
        self.query_one(StatusLine).say()
        self._look()  # the questions of the FAQ are in files of their own language

    @work(exclusive=True)
    async def _look(self) -> None:
        session = self.tutor.session
        if session is None:
            return
        facts = await self.tutor.attempt(self._facts, session, current())
        if facts is not None and self.is_mounted:
            for section in self.query(Section):
                section.show(facts._replace(everything=self._everything))

    def _facts(self, session: LearnerSession, language: str) -> Facts:
        """Blocks."""
        states = session.states()
        found = overview(session.catalog.packs, lambda exercise: states.get(exercise.key, "new"), session.history())
        return Facts(found, found.questions(language, QUESTIONS))

    def action_range(self) -> None:
        self._everything = not self._everything
        chart = self.query_one(Chart)
        if chart.facts is not None:
            chart.show(chart.facts._replace(everything=self._everything))

    def action_back(self) -> None:
        self.dismiss()

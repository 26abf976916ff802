"""The pane of all that a run draws: curves while it goes on, pictures, matrices, points; and their facts in words."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import events, work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from tutor.app.drawing import Look, Row
from tutor.app.graphics import look_of
from tutor.app.marks import LINE_MARKS, LINE_WORDS
from tutor.app.runs import Line, Snapshot
from tutor.app.widgets.pane import Pane
from tutor.app.widgets.rows_view import RowsView
from tutor.catalog.model import Exercise, in_language
from tutor.grading.report import Curve, Drawing
from tutor.locale import _, current

if TYPE_CHECKING:
    from tutor.app.figures import Artist

FRAME = 0.1
"""Seconds between two drawings of a run that goes on."""
MARGIN = 1
"""Cells on the right, so that nothing touches the scroll bar."""


class PlotsPane(Pane, VerticalScroll):
    """What the requirements have drawn, in their order; a sentence where there is nothing."""

    DEFAULT_CSS = """
    PlotsPane {
        scrollbar-gutter: stable;

        #no-plots { color: $text-muted; }
    }
    """

    def __init__(self, exercise: Exercise | None = None, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._exercise = exercise
        self._run: Snapshot | None = None
        self._before: Snapshot | None = None
        """The run before this one: its curves are drawn beside the new ones."""
        self._artist: Artist | None = None
        self._wanted = False
        self._drawing = False
        self._forgotten = False
        """Whether the terminal may have lost the pictures that it was sent."""

    def compose(self) -> ComposeResult:
        yield Static(id="no-plots", markup=False)
        yield RowsView(id="figures")

    def on_mount(self) -> None:
        self.watch(self.app, "theme", self._draw_again, init=False)
        self.app.app_resume_signal.subscribe(self, self._came_back)
        self.say()

    @property
    def has_something(self) -> bool:
        """Whether the run has drawn anything."""
        return self._run is not None and bool(self._run.curves or self._run.drawings)

    @property
    def at_rest(self) -> bool:
        """Whether everything that there is to be seen has been drawn."""
        return not self._wanted and not self._drawing

    @property
    def text(self) -> str:
        """What is drawn, without styles."""
        return self.query_one(RowsView).text

    def show(self, run: Snapshot | None) -> None:
        """Show what ``run`` has drawn so far, or that there is nothing."""
        if run is None:
            self._before = None
        elif self._run is not None and self._run.token != run.token and self._run.curves:
            self._before = self._run
        self._run = run
        self.say()

    def say(self) -> None:
        nothing = self.query_one("#no-plots", Static)
        nothing.display = not self.has_something
        nothing.update(_("Nothing has been drawn: curves and pictures of a run appear here."))
        self.query_one(RowsView).display = self.has_something
        self._draw_again()

    def on_resize(self, _event: events.Resize) -> None:
        self._draw_again()

    def _draw_again(self) -> None:
        """Unless nobody could see it; when the pane comes into sight, its size changes."""
        if not self.has_something or self.scrollable_content_region.width <= MARGIN:
            return
        self._wanted = True
        if not self._drawing:
            self._drawing = True
            self._draw()

    @work(group="plots")
    async def _draw(self) -> None:
        try:
            while self._wanted:
                self._wanted = False
                rows, words = await asyncio.to_thread(self._drawn, *self._job())
                self._tell(words)
                self.query_one(RowsView).show(rows)
                if self._run is not None and self._run.running:
                    await asyncio.sleep(FRAME)
        finally:
            self._drawing = False

    def _job(self) -> tuple[list[tuple[str, list[Curve], list[Drawing]]], Sequence[Curve], tuple[int, int, Look, str]]:
        """What the thread needs to know: figures below their headings, the curves of before, and the room."""
        run = self._run
        lines = run.lines if run is not None else ()
        curves, drawings = (run.curves, run.drawings) if run is not None else ((), ())
        known = {line.id for line in lines}
        states = [*((line.id, self._heading(line)) for line in lines)]
        other = sorted({figure.requirement for figure in (*curves, *drawings)} - known)
        groups = [
            (heading, [c for c in curves if c.requirement == name], [d for d in drawings if d.requirement == name])
            for name, heading in [*states, *((name, name) for name in other)]
        ]
        room = self.scrollable_content_region.width - MARGIN, self.size.height, look_of(self.app), current()
        return [group for group in groups if group[1] or group[2]], self._before.curves if self._before else (), room

    def _heading(self, line: Line) -> str:
        """The verdict and the sentence of a requirement: a figure means little without them."""
        requirement = self._exercise.requirement(line.id) if self._exercise is not None else None
        sentence = in_language(requirement.sentence, current()) if requirement is not None else line.id
        return f"{LINE_MARKS[line.state]} {_(LINE_WORDS[line.state])}  {sentence}"

    def _drawn(
        self,
        groups: list[tuple[str, list[Curve], list[Drawing]]],
        before: Sequence[Curve],
        room: tuple[int, int, Look, str],
    ) -> tuple[list[Row], str]:
        """In a thread: the plotting library is imported with the first figure."""
        from tutor.app.figures import Artist, Group, Room, plots

        if self._artist is None:
            self._artist = Artist()
        if self._forgotten:
            self._forgotten = False
            self._artist.forget()
        figures = [Group(heading, (*plots(curves, before), *drawings)) for heading, curves, drawings in groups]
        rows = self._artist.draw(figures, Room(*room))
        return rows, self._artist.take_words()

    # Pictures that the terminal draws

    def _tell(self, words: str) -> None:
        """By the way that everything takes to the terminal, so that it comes between two paints."""
        if words and self.app._driver is not None:
            self.app._driver.write(words)

    def _came_back(self, _app: object) -> None:
        """Somebody else had the terminal, and may have cleared it."""
        self._forgotten = True
        self._draw_again()

    def on_unmount(self) -> None:
        if self._artist is not None:
            self._tell("".join(self._artist.parting_words()))

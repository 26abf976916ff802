"""What is shown where nothing else has room."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import Static

from tutor.app.screens.modal import TutorModal
from tutor.locale import _


class TooSmallScreen(TutorModal[None]):
    """Stands over everything else until the terminal has grown again; keys go nowhere meanwhile."""

    CSS = """
    TooSmallScreen {
        align: center middle;
        background: $background;

        #too-small { width: auto; max-width: 100%; height: auto; max-height: 100%; text-align: center; }
    }
    """

    def __init__(self, columns: int, rows: int) -> None:
        """The size that is needed, in characters."""
        super().__init__()
        self._needed = columns, rows

    def compose(self) -> ComposeResult:
        yield Static(self._words(), id="too-small", markup=False)

    def say(self) -> None:
        """See ``tutor.app.words.Speaking``."""
        self.query_one("#too-small", Static).update(self._words())

    def _words(self) -> str:
        width, height = self.app.size
        columns, rows = self._needed
        if width < 20 or height < 4:
            return _("Too small: {columns} × {rows} needed").format(columns=columns, rows=rows)
        # A line each: centred, a sentence that begins in the middle of a line is hard to read.
        return "\n".join(
            (
                _("This terminal is too small: {width} × {height}.").format(width=width, height=height),
                _("It needs {columns} × {rows}.").format(columns=columns, rows=rows),
                _("Everything is kept."),
            )
        )

    def on_resize(self) -> None:
        self._look(*self.app.size)  # the event's may no longer be true

    def on_screen_resume(self) -> None:
        self._look(*self.app.size)

    def _look(self, width: int, height: int) -> None:
        columns, rows = self._needed
        if width < columns or height < rows:
            self.say()
        elif self.is_current:  # where something lies on it, it goes once that has gone
            self.dismiss()

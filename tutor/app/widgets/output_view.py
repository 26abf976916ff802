"""What the submission printed. Drawn line by line, so that a flood costs no more than what is in sight."""

from __future__ import annotations

from rich.cells import cell_len, chop_cells
from rich.segment import Segment
from textual import events
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tutor.app.runs import Snapshot
from tutor.locale import _


class OutputView(ScrollView, can_focus=True):
    """The end of the output, long lines folded; it follows what is printed unless one has scrolled up."""

    DEFAULT_CSS = """
    OutputView { height: 1fr; overflow-x: hidden; }
    """

    def __init__(self) -> None:
        super().__init__(id="output")
        self._text = ""
        self._cut = False
        self._run = False
        self._lines: list[str] = []

    @property
    def text(self) -> str:
        """What is shown, without folding."""
        return self._text

    def show(self, run: Snapshot | None) -> None:
        text, cut = (run.output, run.output_cut) if run is not None else ("", False)
        if (text, cut, run is not None) != (self._text, self._cut, self._run):
            self._text, self._cut, self._run = text, cut, run is not None
            self._fold(follow=self.is_vertical_scroll_end or not text)

    def say(self) -> None:
        self.border_title = _("Output")
        self._fold(follow=False)

    def on_mount(self) -> None:
        self.say()

    def on_resize(self, event: events.Resize) -> None:
        self._fold(follow=False)

    def _fold(self, *, follow: bool) -> None:
        width = max(8, self.scrollable_content_region.width)
        lines = [_("(the beginning is not shown)")] if self._cut else []
        if not self._text:
            lines.append(_("Your code printed nothing.") if self._run else _("What your code prints will stand here."))
        for line in self._text.rstrip("\n").expandtabs().split("\n") if self._text else ():
            lines.extend([line] if len(line) * 2 <= width or cell_len(line) <= width else chop_cells(line, width))
        self._lines = lines
        self.virtual_size = Size(width, len(lines))
        if follow:
            self.scroll_end(animate=False)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        y += self.scroll_offset.y
        width = self.scrollable_content_region.width
        if y >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        return Strip([Segment(self._lines[y])]).adjust_cell_length(width).apply_style(self.rich_style)

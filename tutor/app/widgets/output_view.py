"""What the submission printed. Drawn line by line, so that a flood costs no more than what is in sight."""

from __future__ import annotations

from rich.cells import cell_len, chop_cells
from rich.segment import Segment
from textual import events
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from tutor.app.runs import Snapshot
from tutor.app.widgets.pane import Pane
from tutor.locale import _


class OutputView(Pane, ScrollView, can_focus=True):
    """The end of the output, long lines folded; it follows what is printed unless one has scrolled up."""

    DEFAULT_CSS = """
    OutputView { height: 1fr; overflow-x: hidden; scrollbar-gutter: stable; }
    """

    def __init__(self) -> None:
        super().__init__(id="output")
        self._text = ""
        self._cut = False
        self._run = False
        self._lines: list[str] = []
        self._folded: set[int] = set()
        """Lines that go on with the one above."""

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
        folded: set[int] = set()
        for line in self._text.rstrip("\n").expandtabs().split("\n") if self._text else ():
            parts = [line] if len(line) * 2 <= width or cell_len(line) <= width else chop_cells(line, width)
            folded.update(range(len(lines) + 1, len(lines) + len(parts)))
            lines.extend(parts)
        self._folded = folded
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
        line, base = self._lines[y], self.rich_style
        span = self.text_selection.get_span(y) if self.text_selection is not None else None
        if span is None:
            segments = [Segment(line, base)]
        else:
            start, end = span[0], len(line) if span[1] == -1 else span[1]
            chosen = base + self.screen.get_component_rich_style("screen--selection")
            segments = [Segment(line[:start], base), Segment(line[start:end], chosen), Segment(line[end:], base)]
        return Strip(segments).adjust_cell_length(width, base).apply_offsets(0, y)

    # What is selected with the mouse can be copied

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """What is selected, its long lines unfolded."""
        parts: list[str] = []
        for y, line in enumerate(self._lines):
            span = selection.get_span(y)
            if span is None:
                continue
            start, end = span
            if parts and y not in self._folded:
                parts.append("\n")
            parts.append(line[start:] if end == -1 else line[start:end])
        return "".join(parts), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        self.refresh()

"""Two texts and where they differ: in colour, and with marks for who sees none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tutor.app.diffing import BESIDE, Piece, Row, below, beside


class DiffView(ScrollView, can_focus=True):
    """Beside each other where there is room, else below each other."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *("diff--same", "diff--removed", "diff--added", "diff--removed-part", "diff--added-part"),
        *("diff--number", "diff--gap"),
    }
    DEFAULT_CSS = """
    DiffView {
        height: 1fr;
        overflow-x: hidden;
        scrollbar-gutter: stable;

        .diff--same { color: $foreground; }
        .diff--removed { color: $text-error; background: $error-muted 60%; }
        .diff--added { color: $text-success; background: $success-muted 60%; }
        .diff--removed-part { color: $text-error; background: $error-muted; text-style: bold underline; }
        .diff--added-part { color: $text-success; background: $success-muted; text-style: bold underline; }
        .diff--number { color: $foreground 50%; }
        .diff--gap { background: $foreground 4%; }
    }
    """

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._rows: Sequence[Row] = ()
        self._lines: list[list[Piece]] = []

    @property
    def is_beside(self) -> bool:
        """Whether the texts stand beside each other."""
        return self.size.width >= BESIDE

    def on_resize(self, event: events.Resize) -> None:
        self._lay_out()

    def show(self, rows: Sequence[Row]) -> None:
        """Show ``rows``, from a little above the first difference on."""
        self._rows = rows
        self._lay_out()
        first = next((i for i, row in enumerate(rows) if not row.same), 0)
        self.call_after_refresh(self.scroll_to, y=max(0, first - 3), animate=False)

    def _lay_out(self) -> None:
        width = self.scrollable_content_region.width
        if width > 0:
            self._lines = list((beside if self.is_beside else below)(self._rows, width))
            self.virtual_size = Size(width, len(self._lines))
            self.refresh()

    def render_line(self, y: int) -> Strip:
        y += self.scroll_offset.y
        width, base = self.scrollable_content_region.width, self.rich_style
        if y >= len(self._lines):
            return Strip.blank(width, base)
        looks: dict[str, Style] = {}
        segments = []
        for text, look in self._lines[y]:
            if look not in looks:
                looks[look] = self.get_component_rich_style(f"diff--{look}")
            segments.append(Segment(text, looks[look]))
        return Strip(segments).adjust_cell_length(width, base)

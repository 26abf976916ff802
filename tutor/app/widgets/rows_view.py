"""Rows of text with styles, drawn line by line as they come into sight: thousands cost no more than a screenful."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.selection import Selection
from textual.strip import Strip
from textual.widget import Widget

from tutor.app.drawing import SERIES, Row, plain


class RowsView(Widget):
    """As high as it has rows. A row that is wider than the widget is cut."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"rows--dim", *(f"rows--{name}" for name in SERIES)}
    DEFAULT_CSS = """
    RowsView {
        height: auto;

        .rows--dim { color: $text-muted; }
        .rows--series0 { color: $text-accent; }
        .rows--series1 { color: $text-primary; }
        .rows--series2 { color: $text-success; }
        .rows--series3 { color: $text-error; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rows: Sequence[Row] = ()

    def show(self, rows: Sequence[Row]) -> None:
        """Draw ``rows`` from now on."""
        resized = len(rows) != len(self._rows)
        self._rows = rows
        self.refresh(layout=resized)

    @property
    def text(self) -> str:
        """All of it, without styles."""
        return "\n".join(plain(self._rows))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._rows)

    def render_line(self, y: int) -> Strip:
        base = self.rich_style
        width = self.size.width
        row = self._rows[y] if y < len(self._rows) else ()
        segments = [Segment(text, base + self._style(name)) for text, name in row]
        return Strip(segments).adjust_cell_length(width, base).apply_offsets(0, y)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        return selection.extract(self.text), "\n"

    def _style(self, name: str) -> Style:
        if name in SERIES or name == "dim":
            return Style(color=self.get_component_rich_style(f"rows--{name}").color)
        return _parsed(name)


@lru_cache(maxsize=4096)
def _parsed(name: str) -> Style:
    return Style.parse(name)

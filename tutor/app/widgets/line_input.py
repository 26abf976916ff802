"""A line to type into, with the terminal's cursor where one types: there an input method opens its window."""

from __future__ import annotations

from textual.geometry import Offset
from textual.widgets import Input


class LineInput(Input):
    """Textual's. It places the terminal's cursor one cell too far at the end of the line, where one mostly types."""

    @property
    def cursor_screen_offset(self) -> Offset:
        """Column and row on the screen."""
        offset = super().cursor_screen_offset
        return offset - (1, 0) if self.cursor_at_end else offset

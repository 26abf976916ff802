"""Some things side by side, of which any number is chosen. What is chosen stands in brackets, whatever the colours."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget


class Chips(Widget, can_focus=True):
    """Left and right move, space chooses. With ``single`` one is chosen at a time, or none."""

    DEFAULT_CSS = """
    Chips { height: auto; width: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-1)", show=False),
        Binding("right", "move(1)", show=False),
        Binding("space", "toggle_this", show=False),
    ]

    at: reactive[int] = reactive(0)
    """The one under the cursor."""

    class Changed(Message):
        """Others are chosen."""

    def __init__(self, options: Sequence[tuple[Hashable, str]], chosen: frozenset[Hashable], *, single: bool, id: str):
        """``options``: what each stands for, and its words."""
        super().__init__(id=id)
        self._options = options
        self._single = single
        self.chosen = chosen

    def relabel(self, options: Sequence[tuple[Hashable, str]]) -> None:
        """Other words for the same options."""
        self._options = options
        self.refresh(layout=True)  # they may take more lines, or fewer

    def choose(self, chosen: frozenset[Hashable]) -> None:
        """Choose these and no others."""
        if chosen != self.chosen:
            self.chosen = chosen
            self.refresh()
            self.post_message(self.Changed())

    def _lines(self, width: int) -> list[list[int]]:
        """Which options stand on each line; one that is too long for any line stands alone on one."""
        lines: list[list[int]] = [[]]
        room = width
        for index, (_value, words) in enumerate(self._options):
            needed = cell_len(words) + 2
            if lines[-1] and needed > room:
                lines.append([])
                room = width
            lines[-1].append(index)
            room -= needed + 1
        return lines

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._lines(width))

    def render(self) -> Content:
        return Content("\n").join(
            Content(" ").join(self._chip(index) for index in line) for line in self._lines(self.size.width)
        )

    def _chip(self, index: int) -> Content:
        value, words = self._options[index]
        chosen = value in self.chosen
        style = "$text-accent bold" if chosen else "$foreground"
        if self.has_focus and index == self.at:
            # Without colours of its own the app has no other way of marking a place.
            ansi = self.app.native_ansi_color
            style = "reverse bold" if ansi else "$block-cursor-foreground on $block-cursor-background bold"
        return Content.styled(f"[{words}]" if chosen else f" {words} ", style)

    def action_move(self, by: int) -> None:
        self.at = max(0, min(self.at + by, len(self._options) - 1))

    def action_toggle_this(self) -> None:
        value = self._options[self.at][0]
        if self._single:
            self.choose(frozenset() if value in self.chosen else frozenset((value,)))
        else:
            self.choose(self.chosen ^ {value})

    def on_click(self, event: events.Click) -> None:
        lines, x = self._lines(self.size.width), 0
        for index in lines[event.y] if event.y < len(lines) else ():
            end = x + cell_len(self._options[index][1]) + 3
            if x <= event.x < end - 1:
                self.at = index
                self.action_toggle_this()
            x = end

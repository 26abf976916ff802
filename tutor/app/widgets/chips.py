"""Some things side by side, of which any number is chosen. What is chosen stands in brackets, whatever the colours."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget


class Chips(Widget, can_focus=True):
    """Left and right move, space chooses. With ``single`` one is chosen at a time, or none."""

    DEFAULT_CSS = """
    Chips { height: 1; width: 1fr; }
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
        self.refresh()

    def choose(self, chosen: frozenset[Hashable]) -> None:
        """Choose these and no others."""
        if chosen != self.chosen:
            self.chosen = chosen
            self.refresh()
            self.post_message(self.Changed())

    def render(self) -> Content:
        parts: list[Content | str | tuple[str, str]] = []
        for index, (value, words) in enumerate(self._options):
            chosen = value in self.chosen
            text = f"[{words}]" if chosen else f" {words} "
            style = "$text-accent bold" if chosen else "$foreground"
            if self.has_focus and index == self.at:
                # Without colours of its own the app has no other way of marking a place.
                ansi = self.app.native_ansi_color
                style = "reverse bold" if ansi else "$block-cursor-foreground on $block-cursor-background bold"
            parts += [(text, style), " "]
        return Content.assemble(*parts)

    def action_move(self, by: int) -> None:
        self.at = max(0, min(self.at + by, len(self._options) - 1))

    def action_toggle_this(self) -> None:
        value = self._options[self.at][0]
        if self._single:
            self.choose(frozenset() if value in self.chosen else frozenset((value,)))
        else:
            self.choose(self.chosen ^ {value})

    def on_click(self, event: events.Click) -> None:
        x = 0
        for index, (_value, words) in enumerate(self._options):
            end = x + cell_len(words) + 3
            if x <= event.x < end - 1:
                self.at = index
                self.action_toggle_this()
            x = end

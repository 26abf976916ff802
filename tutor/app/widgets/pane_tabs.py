"""The tabs above a column of panes, of which one has room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from tutor.app.panes import LABELS, tabs
from tutor.locale import _


class PaneTabs(Static):
    """``1 Lesson  2 Code •  7 Solution``: keys and mouse both. The digits are the keys."""

    DEFAULT_CSS = """
    PaneTabs {
        height: 1;
        background: $panel;
        text-wrap: nowrap;
        link-style: none;
        link-style-hover: underline;
        link-background-hover: $panel;
        link-color: $text-muted;
        link-color-hover: $text;
    }
    """

    column: reactive[Sequence[str]] = reactive((), init=False)
    chosen: reactive[str] = reactive("", init=False)
    marks: reactive[Mapping[str, str]] = reactive(dict, init=False)
    """A short word on a pane, such as ``4/6``, for whoever looks at another one meanwhile."""
    current: reactive[bool] = reactive(False, init=False)
    """Whether the keys go to the pane below."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._drawn_for = 0

    def watch_column(self) -> None:
        self.say()

    def watch_chosen(self) -> None:
        self.say()

    def watch_marks(self) -> None:
        self.say()

    def watch_current(self) -> None:
        self.say()

    def on_resize(self, event: events.Resize) -> None:
        if event.size.width != self._drawn_for:
            self._drawn_for = event.size.width
            self.say()

    def say(self) -> None:
        if not self.column:
            return
        drawn = tabs(
            self.column,
            self.chosen,
            self.marks,
            self._drawn_for or 1000,
            lambda pane: _(LABELS[pane]),
            cell_len,
        )
        parts: list[Content] = []
        for tab in drawn:
            # Reversed is where the keys go, underlined is what else is shown: neither is a matter of colour.
            style = "$foreground-muted" if not tab.chosen else "bold reverse" if self.current else "bold underline"
            parts.append(Content.assemble((tab.text, style)).stylize(f"@click=screen.show('{tab.pane}')"))
        self.update(Content("").join(parts))

"""The tabs of a narrow terminal, where only one pane fits."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from tutor.app.words import N_
from tutor.locale import _

PANES: tuple[tuple[str, str], ...] = (
    ("lesson", N_("Lesson")),
    ("result", N_("Result")),
    ("output", N_("Output")),
)


class PaneTabs(Static):
    """``1 Lesson  2 Result  3 Output``: keys and mouse both."""

    DEFAULT_CSS = """
    PaneTabs { height: 1; padding: 0 1; text-wrap: nowrap; link-style: none; link-color: $text-muted; }
    """

    chosen: reactive[str] = reactive("lesson")
    mark: reactive[str] = reactive("")
    """A short word on the result, such as ``4/6``, for whoever reads the lesson meanwhile."""

    def watch_chosen(self) -> None:
        self.say()

    def watch_mark(self) -> None:
        self.say()

    def say(self) -> None:
        parts: list[Content] = []
        for number, (name, label) in enumerate(PANES, 1):
            text = f" {number} {_(label)}{f' {self.mark}' if name == 'result' and self.mark else ''} "
            style = "reverse bold" if name == self.chosen else "$text-muted"
            parts.append(Content.assemble((text, style)).stylize(f"@click=screen.show('{name}')"))
        self.update(Content(" ").join(parts))

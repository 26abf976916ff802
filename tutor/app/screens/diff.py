"""Two texts and where they differ, on a screen of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from rich.cells import set_cell_size
from textual import work
from textual.app import ComposeResult
from textual.widgets import Static

from tutor.app.actions import DIFF, bindings
from tutor.app.diffing import BESIDE, compare
from tutor.app.screens.base import TutorScreen
from tutor.app.widgets.diff_view import DiffView
from tutor.app.widgets.key_line import KeyLine
from tutor.locale import _


class DiffScreen(TutorScreen):
    """The one text to the left or with ``-``, the other to the right or with ``+``."""

    CSS_PATH = "diff.tcss"
    ACTIONS = DIFF
    BINDINGS = bindings(ACTIONS)
    AUTO_FOCUS = "DiffView"

    def __init__(self, left: str, right: str, *, titles: Callable[[], tuple[str, str]]) -> None:
        """``titles``: what the two are called, in the current language."""
        super().__init__()
        self._titles = titles
        self._texts = left, right

    def compose(self) -> ComposeResult:
        yield Static(id="heading", markup=False)
        yield DiffView(id="diff")
        yield KeyLine()

    def on_mount(self) -> None:
        self.say()
        self._compare()

    @work
    async def _compare(self) -> None:
        rows = await asyncio.to_thread(compare, *self._texts)  # two long files take a while
        self.query_one(DiffView).show(rows)

    def on_resize(self) -> None:
        if self.is_mounted:
            self.say()

    def say(self) -> None:
        left, right = self._titles()
        width = self.app.size.width
        if self._texts[0] == self._texts[1]:
            words = _("{left} and {right} are alike.").format(left=left, right=right)
        elif width >= BESIDE:
            words = f"{set_cell_size(f'- {left}', (width - 3) // 2)} │ + {right}"
        else:
            words = f"- {left}   + {right}"
        self.query_one("#heading", Static).update(words)

    def action_back(self) -> None:
        self.app.pop_screen()

"""The hint: one question of the FAQ, answered a step at a time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from tutor.app.actions import key_of
from tutor.app.ports import HintView
from tutor.app.widgets.page_text import PageText
from tutor.app.widgets.pane import Pane
from tutor.catalog.model import Exercise
from tutor.locale import _


@dataclass(frozen=True, slots=True)
class ShownHint:
    """A hint in one language."""

    faq: str
    question: str
    steps: tuple[str, ...]
    shown: int
    language: str


def in_language_of(hint: HintView, exercise: Exercise, language: str) -> ShownHint:
    """``hint`` in ``language``: its words are those of the exercise's FAQ. Reads the disk."""
    for entry in exercise.faq(language):
        if entry.id == hint.faq:
            return ShownHint(entry.id, entry.question, tuple(entry.steps), hint.shown, language)
    return ShownHint(hint.faq, hint.question, tuple(hint.steps), hint.shown, language)


class HintsPane(Pane, VerticalScroll):
    """The question, the steps revealed so far, and that there are more."""

    DEFAULT_CSS = """
    HintsPane {
        #hint-question { text-style: bold; margin-bottom: 1; display: none; }
        #hint-more { color: $text-muted; }
        PageText { margin-bottom: 1; }
    }
    """

    def __init__(self) -> None:
        super().__init__(id="hints")
        self.hint: ShownHint | None = None
        self.passed = False
        """Whether there is nothing to give a hint about."""
        self.stopped = False
        """Whether the file could not be graded at all."""
        self._question = Static(id="hint-question", markup=False)
        self._more = Static(id="hint-more", markup=False)
        self._turn = asyncio.Lock()

    def compose(self) -> ComposeResult:
        yield self._question
        yield self._more

    def on_mount(self) -> None:
        self.say()

    async def show(self, hint: ShownHint | None, *, passed: bool = False, stopped: bool = False) -> None:
        """Show ``hint`` with as many steps as it says, or why there is none: ``passed``, or ``stopped`` by a fault."""
        async with self._turn:
            old, self.hint, self.passed, self.stopped = self.hint, hint, passed, stopped
            if hint is None:
                await self.query(PageText).remove()
            else:
                same = old is not None and (old.faq, old.language) == (hint.faq, hint.language)
                kept = old.shown if old is not None and same else 0
                if kept == 0 or kept > hint.shown:
                    await self.query(PageText).remove()
                    kept = 0
                for step in hint.steps[kept : hint.shown]:
                    await self.mount(PageText(step), before=self._more)
            self.say()

    @property
    def mark(self) -> str:
        """For the tab: how many steps of how many."""
        return f"{self.hint.shown}/{len(self.hint.steps)}" if self.hint is not None else ""

    @property
    def none(self) -> str:
        """Why there is no hint, where there is none."""
        if self.passed:
            return _("You have passed: there is nothing to give a hint about.")
        if self.stopped:
            return _("Your file could not be graded: the result says why. Hints come once it can be.")
        return _("Hints come after a first try: write something and save it.")

    def say(self) -> None:
        self._question.display = self.hint is not None
        if self.hint is None:
            self._more.update(self.none)
            return
        total, shown, key = len(self.hint.steps), self.hint.shown, key_of(self.app, "exercise.hint")
        self._question.update(self.hint.question)
        if shown >= total:
            more = _("That was the last step.")
        elif shown == 0:
            more = _("Press {key} for the first of {total} steps.").format(key=key, total=total)
        else:
            said = _("Press {key} for the next step ({shown} of {total} shown).")
            more = said.format(key=key, shown=shown, total=total)
        self._more.update(more)

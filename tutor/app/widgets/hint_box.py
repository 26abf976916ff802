"""The hint: one question of the FAQ, answered a step at a time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Markdown, Static

from tutor.app.ports import HintView
from tutor.app.reading import join_wrapped
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


class HintBox(Vertical):
    """The question, the steps revealed so far, and that there are more. Takes no room until there is a hint."""

    DEFAULT_CSS = """
    HintBox {
        height: auto;
        display: none;
        margin-top: 1;
        padding: 0 1;
        border: round $secondary;
        border-title-color: $text-secondary;

        #hint-more { color: $text-muted; }
        Markdown { height: auto; padding: 0; margin: 0; background: transparent; }
        MarkdownParagraph { margin: 0 0 1 0; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self.hint: ShownHint | None = None
        self._more = Static(id="hint-more", markup=False)
        self._turn = asyncio.Lock()

    def compose(self) -> ComposeResult:
        yield self._more

    async def show(self, hint: ShownHint | None) -> None:
        """Show ``hint`` with as many steps as it says, or nothing."""
        async with self._turn:
            old, self.hint = self.hint, hint
            self.display = hint is not None
            if hint is None:
                await self.query(Markdown).remove()
                return
            kept = old.shown if old is not None and (old.faq, old.language) == (hint.faq, hint.language) else 0
            if kept == 0 or kept > hint.shown:
                await self.query(Markdown).remove()
                kept = 0
            for step in hint.steps[kept : hint.shown]:
                await self.mount(Markdown(join_wrapped(step), open_links=False), before=self._more)
            self.say()

    def say(self) -> None:
        if self.hint is None:
            return
        total, shown = len(self.hint.steps), self.hint.shown
        self.border_title = _("Hint: {question}").format(question=self.hint.question)
        if shown >= total:
            more = _("That was the last step.")
        elif shown == 0:
            more = _("Press h for the first of {total} steps.").format(total=total)
        else:
            more = _("Press h for the next step ({shown} of {total} shown).").format(shown=shown, total=total)
        self._more.update(more)

"""Questions about a text that was typed and is not in the file, or not alone there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Button, Static

from tutor.app.actions import CONFLICT, FOUND, LEAVE, Action, bindings, key_display
from tutor.app.screens.modal import TutorModal
from tutor.locale import _

if TYPE_CHECKING:
    from textual.screen import Screen

Compare = Callable[[], "Screen[None]"]
"""Makes the screen on which two texts stand beside each other."""


class AskScreen(TutorModal[str]):
    """A question with a button for each of ``ACTIONS``; answers the word in its action, or "" for not now.

    The first has the focus: it is the one that loses nothing and surprises nobody.
    """

    CSS_PATH = "ask.tcss"
    AUTO_FOCUS = "Button"
    BINDINGS = [("up", "app.focus_previous", ""), ("down", "app.focus_next", "")]  # noqa: RUF012

    def __init__(self, question: str, compare: Compare | None = None) -> None:
        super().__init__()
        self._question = question
        self._compare = compare

    def compose(self) -> ComposeResult:
        with Vertical(id="ask"):
            with VerticalScroll(id="question-scroll", can_focus=False):
                yield Static(self._question, id="question", markup=False)
            for action in self.ACTIONS:
                yield Button(self._label(action), id=action.id.replace(".", "-"), compact=True, tooltip=_(action.about))

    def _label(self, action: Action) -> str:
        return f"{key_display(self.app, action):<4} {_(action.label)}"

    async def on_button_pressed(self, event: Button.Pressed) -> None:
        for action in self.ACTIONS:
            if action.id.replace(".", "-") == event.button.id:
                await self.run_action(action.name)

    def action_answer(self, answer: str) -> None:
        self.dismiss(answer)

    def action_compare(self) -> None:
        if self._compare is not None:
            self.app.push_screen(self._compare())


class LeaveScreen(AskScreen):
    """Something is not saved, and the learner is leaving: "save", "discard" or ""."""

    ACTIONS = LEAVE
    BINDINGS = bindings(ACTIONS)


class ConflictScreen(AskScreen):
    """The file was changed while somebody typed: "mine", "disk" or ""."""

    ACTIONS = CONFLICT
    BINDINGS = bindings(ACTIONS)


class FoundScreen(AskScreen):
    """Unsaved text of an earlier time was found: "mine", "disk" or ""."""

    ACTIONS = FOUND
    BINDINGS = bindings(ACTIONS)

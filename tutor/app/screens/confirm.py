"""A question that is answered with yes or no."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Static

from tutor.app.actions import CONFIRM, bindings
from tutor.app.screens.modal import TutorModal


class ConfirmScreen(TutorModal[bool]):
    """Answers True for yes. The safe answer has the focus."""

    CSS_PATH = "confirm.tcss"
    AUTO_FOCUS = "#no"
    ACTIONS = CONFIRM
    BINDINGS = bindings(ACTIONS)

    def __init__(self, question: str, *, yes: str, no: str) -> None:
        super().__init__()
        self._question = question
        self._yes = yes
        self._no = no

    def compose(self) -> ComposeResult:
        with Vertical(id="confirm"):
            yield Static(self._question, id="question", markup=False)
            with Horizontal(id="answers"):
                yield Button(self._no, id="no")
                yield Button(self._yes, id="yes", variant="warning")

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "yes")

    def action_answer(self, answer: bool) -> None:
        self.dismiss(answer)

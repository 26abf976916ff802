"""The line below the built-in editor in which one types what to search for."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from tutor.app.actions import FIND, bindings
from tutor.app.typing_code import Found
from tutor.app.widgets.line_input import LineInput
from tutor.locale import _


class FindBar(Horizontal):
    """Finds while one types; enter and the arrows go on, escape goes back to the text."""

    DEFAULT_CSS = """
    FindBar {
        height: 1;
        display: none;
        background: $panel;

        #find-label { width: auto; padding: 0 1; }
        #find-text { width: 1fr; border: none; height: 1; padding: 0; background: $panel; }
        #find-count { width: auto; padding: 0 1; color: $text-muted; }
    }
    """

    BINDINGS = bindings(FIND)

    class Wanted(Message):
        """A place of ``text`` is to be shown."""

        def __init__(self, text: str, *, onwards: bool = False, backwards: bool = False) -> None:
            """``onwards``, ``backwards``: from the place that is shown; else the first one from the cursor."""
            super().__init__()
            self.text = text
            self.onwards = onwards
            self.backwards = backwards

    class Closed(Message):
        """Back to the text."""

    def compose(self) -> ComposeResult:
        yield Static(id="find-label", markup=False)
        yield LineInput(id="find-text", compact=True)
        yield Static(id="find-count", markup=False)

    def on_mount(self) -> None:
        self.say()

    def say(self) -> None:
        self.query_one("#find-label", Static).update(_("Find"))

    @property
    def wanted(self) -> str:
        """What was typed last."""
        return self.query_one("#find-text", Input).value

    def open(self, text: str) -> None:
        """Ask for what to search; ``text`` stands there already, where there is one."""
        self.display = True
        field = self.query_one("#find-text", Input)
        if text:
            field.value = text
        field.focus()
        field.select_all()

    def show(self, found: Found | None) -> None:
        """Say which place is shown, of how many."""
        if found is not None:
            words = _("{number} of {total}").format(number=found.number, total=found.total)
        else:
            words = _("not found") if self.wanted else ""
        self.query_one("#find-count", Static).update(words)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Wanted(event.value))

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Wanted(event.value, onwards=True))

    def action_onwards(self) -> None:
        self.post_message(self.Wanted(self.wanted, onwards=True))

    def action_backwards(self) -> None:
        self.post_message(self.Wanted(self.wanted, backwards=True))

    def action_close(self) -> None:
        self.post_message(self.Closed())

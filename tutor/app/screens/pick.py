"""Small dialogues of the settings: one of some things, a line of text, a key."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tutor.app.actions import PICK, bindings
from tutor.app.screens.modal import TutorModal
from tutor.app.widgets.line_input import LineInput
from tutor.locale import _


class PickScreen(TutorModal[str | None]):
    """Answers the id of one of ``options``, or None."""

    CSS_PATH = "pick.tcss"
    ACTIONS = PICK
    BINDINGS = bindings(ACTIONS)
    AUTO_FOCUS = "OptionList"

    def __init__(
        self,
        title: str,
        options: Sequence[tuple[str, str]],
        current: str,
        *,
        note: str = "",
        preview: Callable[[str], None] = lambda id: None,
    ) -> None:
        """Args:
        title: what is chosen.
        options: the id of each, and its words.
        current: the id of the one that holds now.
        note: something about all of them.
        preview: told which one is under the cursor.
        """
        super().__init__()
        self._title = title
        self._options = options
        self._current = current
        self._note = note
        self._preview = preview

    def compose(self) -> ComposeResult:
        with Vertical(id="pick"):
            yield OptionList(*(Option(self._words(id, words), id=id) for id, words in self._options), markup=False)
            yield Static(self._note, id="note", markup=False)

    def _words(self, id: str, words: str) -> str:
        return f"{'✓' if id == self._current else ' '} {words}"

    def on_mount(self) -> None:
        self.query_one("#pick").border_title = self._title
        self._show_note()
        ids = [id for id, _words in self._options]
        if self._current in ids:
            self.query_one(OptionList).highlighted = ids.index(self._current)

    def say_note(self, note: str) -> None:
        """Say something else about all of them."""
        self._note = note
        if self.is_mounted:  # otherwise it will be shown then
            self._show_note()

    def _show_note(self) -> None:
        note = self.query_one("#note", Static)
        note.update(self._note)
        note.display = bool(self._note)

    @on(OptionList.OptionHighlighted)
    def _look(self, event: OptionList.OptionHighlighted) -> None:
        if event.option_id is not None:
            self._preview(event.option_id)

    @on(OptionList.OptionSelected)
    def _take(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_id)

    def action_cancel(self) -> None:
        self.dismiss(None)


class TypeScreen(TutorModal[str | None]):
    """Answers what was typed, or None."""

    CSS_PATH = "pick.tcss"
    ACTIONS = PICK
    BINDINGS = bindings(ACTIONS)
    AUTO_FOCUS = "Input"

    def __init__(self, title: str, text: str, problem_of: Callable[[str], str | None]) -> None:
        """``problem_of``: what is wrong with a text, as a sentence. It may block."""
        super().__init__()
        self._title = title
        self._text = text
        self._problem_of = problem_of

    def compose(self) -> ComposeResult:
        with Vertical(id="pick"):
            yield LineInput(self._text, select_on_focus=False)
            yield Static(id="note", markup=False)

    def on_mount(self) -> None:
        self.query_one("#pick").border_title = self._title
        self.query_one("#note").display = False

    @on(Input.Submitted)
    async def _take(self, event: Input.Submitted) -> None:
        import asyncio

        problem = await asyncio.to_thread(self._problem_of, event.value)
        if problem is None:
            self.dismiss(event.value)
        else:
            note = self.query_one("#note", Static)
            note.update(f"! {problem}")
            note.display = True

    def action_cancel(self) -> None:
        self.dismiss(None)


class KeyScreen(TutorModal[str | None]):
    """Answers the key that is pressed, as Textual calls it, once it is one that can be had; None after escape."""

    CSS_PATH = "pick.tcss"

    def __init__(self, label: str, problem_of: Callable[[str], str | None]) -> None:
        """``problem_of``: why a key cannot be had, as a sentence."""
        super().__init__()
        self._label = label
        self._problem_of = problem_of

    def compose(self) -> ComposeResult:
        with Vertical(id="pick"):
            yield Static(_("Press the key for “{action}”.").format(action=self._label), markup=False)
            yield Static(id="note", markup=False)
            yield Static(_("Esc leaves it as it is."), classes="quiet", markup=False)

    def on_mount(self) -> None:
        self.query_one("#pick").border_title = _("Keys")
        self.query_one("#note").display = False

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        if event.key == "escape":
            self.dismiss(None)
            return
        problem = self._problem_of(event.key)
        if problem is None:
            self.dismiss(event.key)
        else:
            note = self.query_one("#note", Static)
            note.update(f"! {problem}")
            note.display = True

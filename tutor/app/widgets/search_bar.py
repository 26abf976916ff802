"""The line one types into to search the list. The list below it is moved through with the keys it always has."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.keys import key_to_character
from textual.widgets import Input, Static

from tutor.app.actions import SEARCH, bindings
from tutor.app.widgets.line_input import LineInput
from tutor.locale import _

if TYPE_CHECKING:
    from tutor.app.screens.home import HomeScreen

WIDE_SPACE = "\u3000"


class SearchInput(LineInput):
    """Letters are typed; up, down and enter go to the list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(SEARCH),
        Binding("up", "list('move', -1)", show=False),
        Binding("down", "list('move', 1)", show=False),
        Binding("pageup", "list('page', -1)", show=False),
        Binding("pagedown", "list('page', 1)", show=False),
    ]

    async def _on_key(self, event: events.Key) -> None:
        if WIDE_SPACE in (event.character, key_to_character(event.key)):
            # What the space bar of a Japanese keyboard types: not printable, if one asks Python, so Input ignores it.
            event.stop()
            event.prevent_default()
            self.insert_text_at_cursor(WIDE_SPACE)
        else:
            await super()._on_key(event)

    async def action_open(self) -> None:
        await self.action_submit()

    def action_list(self, name: str, by: int) -> None:
        exercises = cast("HomeScreen", self.screen).exercises
        if name == "move":
            exercises.action_move(by)
        else:
            exercises.action_page(by)


class SearchBar(Horizontal):
    """What is searched for, and how much of it there is."""

    DEFAULT_CSS = """
    SearchBar {
        height: 1;
        background: $boost;

        #search-mark { width: auto; padding: 0 0 0 1; color: $text-accent; text-style: bold; }
        SearchInput { width: 1fr; height: 1; border: none; padding: 0 1; background: transparent; }
        SearchInput:focus { border: none; }
        #search-count { width: auto; padding: 0 1; color: $text-muted; }
        #search-count.-none { color: $text-warning; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._found = (0, 0)

    def compose(self) -> ComposeResult:
        yield Static("/", id="search-mark", markup=False)
        yield SearchInput(id="search", select_on_focus=False, compact=True)
        yield Static(id="search-count", markup=False)

    def on_mount(self) -> None:
        self.say()

    @property
    def _home(self) -> HomeScreen:
        return cast("HomeScreen", self.screen)

    def take_focus(self) -> None:
        line = self.query_one(SearchInput)
        self._home.tutor.type_into(line)
        self.call_after_refresh(self._place_cursor, line)

    def _place_cursor(self, line: SearchInput) -> None:
        # The terminal's own, by which an input method shows its candidates: what was typed before the first layout had
        # no place on the screen.
        if line.has_focus:
            self.app.cursor_position = line.cursor_screen_offset

    def say_count(self, found: int, total: int) -> None:
        """Say that ``found`` of ``total`` exercises match."""
        self._found = found, total
        if self.is_mounted:
            self.say()

    def say(self) -> None:
        found, total = self._found
        count = self.query_one("#search-count", Static)
        count.update(_("{found} of {total}").format(found=found, total=total))
        count.set_class(not found, "-none")
        self.query_one(SearchInput).placeholder = _("Titles, topics, ids…")

    @on(Input.Changed)
    def _search(self, event: Input.Changed) -> None:
        event.stop()
        self._home.search(event.value)

    @on(Input.Submitted)
    def _open(self, event: Input.Submitted) -> None:
        event.stop()
        self._home.action_open()

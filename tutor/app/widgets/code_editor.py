"""The built-in editor: Textual's, with the ways of an editor of Python."""

from __future__ import annotations

from collections.abc import Mapping

from rich.style import Style
from textual import events
from textual.binding import Binding
from textual.color import Color
from textual.message import Message
from textual.widgets import TextArea
from textual.widgets.text_area import Selection, TextAreaTheme

from tutor.app import typing_code
from tutor.app.actions import EDITOR, bindings
from tutor.app.buffer import change, clean
from tutor.app.highlighting import QUERY
from tutor.app.typing_code import Found, Location

MARGIN = 100
"""Rows above and below what is in sight that are coloured too. To colour a long file at each key would be felt."""
NARROW = 60
"""Cells below which long lines are folded: to scroll sideways through a few words is worse."""


OF_THE_TEXT = frozenset(binding.action for binding in TextArea.BINDINGS if isinstance(binding, Binding))
"""Actions that change the text or move in it."""


class CodeEditor(TextArea):
    """A file of Python. Escape leaves it; what is saved, and where, is its owner's business."""

    BINDINGS = [  # noqa: RUF012
        *bindings(EDITOR),
        Binding("ctrl+home", "file_start", show=False),
        Binding("ctrl+end", "file_end", show=False),
        Binding("ctrl+shift+home", "file_start(True)", show=False),
        Binding("ctrl+shift+end", "file_end(True)", show=False),
    ]
    DEFAULT_CSS = """
    CodeEditor {
        border: none;
        padding: 0;
        background: $background;
        scrollbar-size-horizontal: 0;

        &:focus { border: none; }
        .text-area--cursor-line { background: $foreground 6%; }
        .text-area--cursor-gutter { background: $foreground 6%; }
    }
    """

    class Left(Message):
        """Escape was pressed."""

        def __init__(self, then: str = "") -> None:
            """``then``: the key that came so soon after it that the terminal took the two for one."""
            super().__init__()
            self.then = then

    class FindNext(Message):
        """The next place of what was searched for last is wanted."""

        def __init__(self, *, backwards: bool) -> None:
            super().__init__()
            self.backwards = backwards

    def __init__(self, text: str, *, colours: bool) -> None:
        """``colours``: whether tree-sitter is there; where it fails all the same, the text is plain."""
        super().__init__(text, soft_wrap=False, show_line_numbers=True, max_checkpoints=1000)
        self.cursor_blink = False
        self._coloured: tuple[int, int] | None = None
        """The first and the last row that are coloured; None: all of them."""
        if colours:
            self._colour()

    def _colour(self) -> None:
        try:
            self.update_highlight_query("python", QUERY)
            self.language = "python"
        except Exception as error:  # a grammar that knows other names, say: what matters is the text
            self.log.warning(error)
            self.language = None

    def on_mount(self) -> None:
        self.watch(self.app, "theme", self._theme_changed, init=False)
        self._wear()

    def on_resize(self, event: events.Resize) -> None:
        wrap = event.size.width < NARROW
        if wrap != self.soft_wrap:
            self.soft_wrap = wrap
        if self.has_focus:
            self.call_after_refresh(self.scroll_cursor_visible)  # something may have taken room from it

    # Colours

    def _theme_changed(self) -> None:
        self.call_after_refresh(self._wear)

    def _wear(self) -> None:
        """Take on the colours of the app's theme."""
        self.register_theme(TextAreaTheme("tutor", syntax_styles=_styles(self.app.theme_variables)))
        self.theme = "tutor"
        self.notify_style_update()

    def _build_highlight_map(self) -> None:
        # Textual colours the whole document after each key, which takes 50 microseconds a line.
        query, height = self._highlight_query, self.size.height
        if query is None or self.document.line_count <= height + 2 * MARGIN:
            self._coloured = None
            super()._build_highlight_map()
            return
        top = max(0, self.wrapped_document.offset_to_location(self.scroll_offset)[0] - MARGIN)
        bottom = top + height + 2 * MARGIN
        self._coloured = top, bottom
        self._line_cache.clear()
        self._highlights.clear()
        for name, nodes in self.document.query_syntax_tree(query, (top, 0), (bottom, 0)).items():
            for node in nodes:
                (first, start), (last, end) = node.start_point, node.end_point
                for row in range(max(first, top), min(last, bottom) + 1):
                    here = (start if row == first else 0, end if row == last else None, name)
                    self._highlights[row].append(here)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if self._coloured is not None:
            top = self.wrapped_document.offset_to_location(self.scroll_offset)[0]
            first, last = self._coloured
            if (top < first + MARGIN // 2 and first > 0) or top + self.size.height > last - MARGIN // 2:
                self._build_highlight_map()
                self.refresh()

    # Typing

    async def _on_key(self, event: events.Key) -> None:
        if event.key.startswith("alt+"):
            event.prevent_default()  # no letter: who presses escape and a key at once means the screen's
            key = event.key.removeprefix("alt+")
            if key.removeprefix("shift+").isalnum() and self._is_of_the_screen(key):
                event.stop()
                self.post_message(self.Left(key))
        elif event.key == "enter" and not self.read_only:
            event.stop()
            event.prevent_default()
            top = min(self.selection)
            line = self.document[top[0]][: top[1]]
            self._put("\n" + typing_code.next_indentation(line), *self.selection)
        elif not event.is_printable and (action := self._moves_or_deletes(event.key)) is not None:
            # At once, as a letter is typed. Textual would do it when the key has come up to the app, after letters that
            # came with it: over a slow line, where several keys arrive together, that would garble the text.
            event.stop()
            event.prevent_default()
            await self.run_action(action)

    def _moves_or_deletes(self, key: str) -> str | None:
        """What ``key`` does to the text or its cursor, if it is one of Textual's own for that."""
        chain = self.screen._modal_binding_chain
        found = next((own for node, own in chain if node is self), self._bindings).key_to_bindings.get(key, ())
        return next((binding.action for binding in found if binding.action in OF_THE_TEXT), None)

    def _is_of_the_screen(self, key: str) -> bool:
        """Whether ``key`` does something once this is left."""
        own = {one for keys in self.app._keymap.values() for one in keys.split(",")}
        return key in own or key in self.screen._bindings.key_to_bindings

    async def _on_paste(self, event: events.Paste) -> None:
        event.text = clean(event.text)

    def action_paste(self) -> None:
        self._put(clean(self.app.clipboard), *self.selection)

    def action_file_start(self, select: bool = False) -> None:
        """Go to the beginning of the file."""
        self.move_cursor((0, 0), select=select)

    def action_file_end(self, select: bool = False) -> None:
        """Go to the end of the file."""
        self.move_cursor(self.document.end, select=select)

    def action_delete_left(self) -> None:
        row, column = self.selection.end
        if self.selection.is_empty and column > 1:
            step = typing_code.backspace(self.document[row], column)
            self._put("", (row, column - step), (row, column))
        else:
            super().action_delete_left()

    def action_indent(self) -> None:
        if self.selection.is_empty:
            row, column = self.selection.end
            cells = self.get_column_width(row, column)
            self._put(" " * (typing_code.INDENT - cells % typing_code.INDENT), (row, column), (row, column))
        else:
            self._change_lines(typing_code.indented)

    def action_dedent(self) -> None:
        self._change_lines(typing_code.dedented)

    def action_comment(self) -> None:
        self._change_lines(typing_code.commented)

    def _change_lines(self, changed: typing_code.Changing) -> None:
        """Change the lines of the selection, which then are selected; without one, that of the cursor."""
        (first, _), (last, column) = sorted(self.selection)
        if last > first and column == 0:
            last -= 1  # nothing of that line is selected
        old = [self.document[row] for row in range(first, last + 1)]
        new = changed(old)
        if new == old:
            return
        row, column = self.selection.end
        alone = self.selection.is_empty
        self._put("\n".join(new), (first, 0), (last, len(old[-1])))
        if alone:
            self.move_cursor((row, max(0, column + len(new[0]) - len(old[0]))))
        else:
            self.selection = Selection((first, 0), (last, len(new[-1])))

    def _put(self, text: str, start: Location, end: Location) -> None:
        if not self.read_only:
            self.replace(text, start, end, maintain_selection_offset=False)

    # What its owner does

    def become(self, text: str) -> None:
        """Make the text ``text``: cursor and what is in sight stay as far as may be, and undo takes it back."""
        start, end, between = change(self.text, text)
        (row, column), scroll = self.selection.end, self.scroll_offset
        new_row = typing_code.followed(self.document.lines, text.split("\n"), row)
        self.history.checkpoint()
        self.replace(between, start, end)
        self.history.checkpoint()
        self.move_cursor((new_row, column))
        self.scroll_to(scroll.x, scroll.y + new_row - row, animate=False)

    def go_to(self, line: int) -> None:
        """Put the cursor on ``line``, counted from 1."""
        row = min(line, self.document.line_count) - 1
        self.move_cursor((row, len(typing_code.indentation(self.document[row]))), center=True)

    def find(self, wanted: str, *, backwards: bool = False, here: bool = False) -> Found | None:
        """Select the next place of ``wanted``, or the one before; ``here``: also where the selection begins."""
        start, end = sorted(self.selection)
        at = start if here or backwards else end
        found = typing_code.find(self.document.lines, wanted, at, backwards=backwards)
        if found is not None:
            self.selection = Selection(found.start, found.end)
            self.scroll_cursor_visible(center=True)
        return found

    def action_find_next(self) -> None:
        self.post_message(self.FindNext(backwards=False))

    def action_find_previous(self) -> None:
        self.post_message(self.FindNext(backwards=True))

    def action_leave(self) -> None:
        self.post_message(self.Left())


def _styles(colours: Mapping[str, str]) -> dict[str, Style]:
    """What the names in ``highlighting.QUERY`` look like, in the colours of a theme: as code in lessons does."""

    def in_colour(name: str, *, bold: bool = False) -> Style:
        return Style(color=Color.parse(colours[name]).rich_color, bold=bold)

    return {
        "keyword": in_colour("text-accent", bold=True),
        "string": in_colour("text-success"),
        "comment": Style(dim=True, italic=True),
        "number": in_colour("text-warning"),
        "constant": in_colour("text-warning"),
        "function": in_colour("text-primary", bold=True),
        "class": in_colour("text-primary", bold=True),
        "type": in_colour("text-secondary"),
        "decorator": in_colour("text-secondary"),
        "self": Style(italic=True),
    }

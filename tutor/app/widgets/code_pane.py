"""The learner's file: to be read, and to be edited in place.

Holds the text that is being typed and what it came from. Reading and writing the file is the screen's business.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from tutor.app.actions import CODE, bindings, key_of
from tutor.app.buffer import Form, NotEditable, decode, encode
from tutor.app.widgets.find_bar import FindBar
from tutor.app.widgets.pane import Pane
from tutor.app.widgets.verdict_strip import VerdictStrip
from tutor.locale import _

if TYPE_CHECKING:
    from textual.worker import Worker

    from tutor.app.widgets.code_editor import CodeEditor


class CodePane(Pane, Vertical, can_focus=True, can_focus_children=False):
    """Focused itself, its keys scroll, and those of the screen work; enter or a click goes into the text."""

    DEFAULT_CSS = """
    CodePane {
        .note { height: auto; padding: 0 1; color: $text-muted; display: none; }
        #code-conflict { display: none; height: auto; padding: 0 1; background: $warning-muted; color: $text-warning; }
        #code-problem { display: none; height: auto; padding: 1; color: $text-error; }
    }
    """
    BINDINGS = [  # noqa: RUF012
        *bindings(CODE),
        Binding("up", "scroll('up')", show=False),
        Binding("down", "scroll('down')", show=False),
        Binding("pageup", "scroll('page_up')", show=False),
        Binding("pagedown", "scroll('page_down')", show=False),
        Binding("home", "scroll('home')", show=False),
        Binding("end", "scroll('end')", show=False),
        Binding("left", "scroll('left')", show=False),
        Binding("right", "scroll('right')", show=False),
    ]

    class StateChanged(Message):
        """It was edited, saved, loaded, entered or left: what is said about it may be different."""

    class Left(Message):
        """Escape was pressed in the text."""

    class Decide(Message):
        """The learner wants to say what becomes of two different texts."""

    def __init__(self) -> None:
        super().__init__(id="code")
        self.strip = VerdictStrip()
        self.base: bytes | None = None
        """What the text came from: the file as it was read or written last. None where it could not be read."""
        self.disk: bytes | None = None
        """What the file holds now, where that is neither the text nor what the text came from, and nobody decided."""
        self.gone = ""
        """Why the file cannot be read any more, where it cannot."""
        self._file = ""
        self._text: str | None = None
        """The text, until there is an editor that has it; None where it cannot be edited."""
        self._form = Form()
        self._problem = ""
        self._plain: str | None = None
        """Why there are no colours."""
        self._editor: CodeEditor | None = None
        self._mounting: Worker[None] | None = None
        self._known = (False, False, False)

    def compose(self) -> ComposeResult:
        yield Static(id="code-conflict", markup=False)
        yield Static(id="code-problem", markup=False)
        yield Static(id="code-plain", classes="note", markup=False)
        yield FindBar()
        yield self.strip

    def on_mount(self) -> None:
        self.say()

    # What there is

    @property
    def editable(self) -> bool:
        """Whether there is a text to be edited."""
        return self._text is not None

    @property
    def problem(self) -> str:
        """Why there is none, as a sentence."""
        return self._problem

    @property
    def text(self) -> str:
        return self._editor.text if self._editor is not None else self._text or ""

    @property
    def content(self) -> bytes:
        """The text as the bytes of a file."""
        return encode(self.text, self._form)

    @property
    def place(self) -> tuple[int, int]:
        """Where the cursor is: line and column, from 1."""
        row, column = self._editor.cursor_location if self._editor is not None else (0, 0)
        return row + 1, column + 1

    @property
    def dirty(self) -> bool:
        """Whether there is something to be saved."""
        return self.editable and self.base is not None and (bool(self.gone) or self.content != self.base)

    @property
    def editing(self) -> bool:
        """Whether one types in it."""
        focused = self.screen.focused if self.is_mounted else None
        return focused is not None and focused is not self and self in focused.ancestors

    # What happens to the file

    def load(self, content: bytes, name: str) -> None:
        """The file is ``content`` now, and the text becomes that; where there was one, undo brings it back."""
        try:
            text, form = decode(content, name)
        except NotEditable as error:
            if not self.dirty:
                self._refuse(str(error))
            return
        self._file, self._form, self._problem = name, form, ""
        self.base, self.disk, self.gone = content, None, ""
        self._put(text)

    def found(self, content: bytes) -> bool:
        """The file holds ``content``, by somebody else's hand. Answer whether that is now to be decided about."""
        if self.content == self.base != content:  # nothing was typed, even if the file was gone for a while
            self.load(content, self._file)
        elif self.gone or content != self.base:
            self.gone = ""
            if content == self.content:  # the same was typed in both places
                self.base, self.disk = content, None
            else:
                self.disk = content if content != self.base else None
        else:
            self.disk = None  # it has come back to what the text came from
        self._changed()
        return self.disk is not None

    def lost(self, why: str) -> None:
        """The file cannot be read any more; the text, if there is one, is all that is left."""
        if not self.editable:
            self._refuse(why)
        else:
            self.gone = why
            self._changed()

    def saved(self, content: bytes) -> None:
        """``content`` is in the file now; the text may have been edited since."""
        self.base, self.disk, self.gone = content, None, ""
        self._changed()

    def keep_mine(self) -> None:
        """The text stays, and what is in the file is what it is going to replace."""
        if self.disk is not None:
            self.base, self.disk = self.disk, None
            self._changed()

    def take(self, content: bytes, *, base: bytes) -> None:
        """The text becomes ``content``, while the file holds ``base``."""
        try:
            text, self._form = decode(content, self._file)
        except NotEditable as error:
            self.notify(str(error), severity="error", markup=False)
            return
        self.base, self.disk, self.gone, self._problem = base, None, "", ""
        self._put(text)

    def _put(self, text: str) -> None:
        self._text = text
        if self._editor is not None:
            self._editor.become(text)
        elif self.display and self.is_attached:
            self._mount_soon()
        self._changed()

    def _refuse(self, why: str) -> None:
        self._problem, self._text, self.base, self.disk, self.gone = why, None, None, None, ""
        if self._editor is not None:
            self._editor.remove()
            self._editor = None
        self._changed()

    # The editor: mounted when it is looked at for the first time

    def on_show(self) -> None:
        self._mount_soon()

    def _mount_soon(self) -> None:
        if self._editor is None and self._mounting is None and self.editable:
            self._mounting = self.run_worker(self._mount(), group="mount")

    async def _mount(self) -> None:
        from tutor.app.highlighting import missing

        try:
            self._plain = await asyncio.to_thread(missing)
            from tutor.app.widgets.code_editor import CodeEditor

            if self._editor is None and self._text is not None and self.is_attached:
                editor = CodeEditor(self._text, colours=self._plain is None)
                await self.mount(editor, before=self.query_one(FindBar))
                if editor.text != self._text:
                    editor.become(self._text)
                self._editor = editor
                self._changed()
        finally:
            self._mounting = None

    async def ready(self) -> bool:
        """Wait for the editor; answer whether there is one."""
        if self._mounting is None:
            self._mount_soon()
        if self._mounting is not None:
            await self._mounting.wait()
        return self._editor is not None

    # Keys and mouse

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "edit" or not self.editing

    async def action_edit(self) -> None:
        """Go into the text."""
        if await self.ready() and self._editor is not None:
            self._editor.focus()

    async def find(self) -> None:
        """Search the text."""
        if await self.ready() and self._editor is not None:
            chosen = self._editor.selected_text
            self.query_one(FindBar).open(chosen if "\n" not in chosen else "")

    async def go_to(self, line: int) -> None:
        """Go into the text, to a line counted from 1."""
        if await self.ready() and self._editor is not None:
            self._editor.focus()
            self._editor.go_to(line)

    def action_scroll(self, way: str) -> None:
        if self._editor is not None:
            getattr(self._editor, f"scroll_{way}")(animate=False)

    def on_code_editor_left(self, event: CodeEditor.Left) -> None:
        event.stop()
        self.focus()
        self.post_message(self.Left())
        if event.then:
            self.app.simulate_key(event.then)

    def on_code_editor_find_next(self, event: CodeEditor.FindNext) -> None:
        event.stop()
        bar = self.query_one(FindBar)
        if bar.wanted:
            self._find(bar.wanted, backwards=event.backwards)

    def on_find_bar_wanted(self, event: FindBar.Wanted) -> None:
        event.stop()
        self._find(event.text, backwards=event.backwards, here=not event.onwards and not event.backwards)

    def on_find_bar_closed(self, event: FindBar.Closed) -> None:
        event.stop()
        self.query_one(FindBar).display = False
        if self._editor is not None:
            self._editor.focus()

    def _find(self, wanted: str, *, backwards: bool = False, here: bool = False) -> None:
        if self._editor is not None:
            self.query_one(FindBar).show(self._editor.find(wanted, backwards=backwards, here=here))

    def on_text_area_changed(self, event: events.Event) -> None:
        event.stop()
        self._changed(edited=True)

    def on_descendant_focus(self) -> None:
        self._changed()

    def on_descendant_blur(self) -> None:
        self._changed()

    def on_click(self, event: events.Click) -> None:
        if event.widget is not None and event.widget.id == "code-conflict":
            self.post_message(self.Decide())

    # Words

    def _changed(self, *, edited: bool = False) -> None:
        known = (self.dirty, self.editing, self.disk is not None)
        if known != self._known or not edited:
            self._known = known
            self.say()
        self.post_message(self.StateChanged())

    def say(self) -> None:
        if not self.is_mounted:
            return
        lines = []
        if self.disk is not None:
            said = _("{file} was changed by another program while you typed here.")
            lines.append("! " + said.format(file=self._file))
            decide = _("Press {key} to decide; both texts are kept.").format(key=key_of(self.app, "editor.leave"))
            lines.append(decide if self.editing else _("Click to decide."))
        elif self.gone:
            lines.append(f"! {self.gone}")
            said = _("What you typed is still here: {key} writes it again.")
            lines.append(said.format(key=key_of(self.app, "exercise.save")))
        self._say("#code-conflict", " ".join(lines))
        self._say("#code-problem", self._problem)
        notes = [self._plain or ""]
        if self._form.mixed and self.editable:
            notes.append(_("The lines of this file end in several ways; saved, they will end alike."))
        self._say("#code-plain", "\n".join(filter(None, notes)))

    def _say(self, selector: str, words: str) -> None:
        for line in self.query(selector).results(Static):  # none is left when the focus goes because the screen does
            line.update(words)
            line.display = bool(words)

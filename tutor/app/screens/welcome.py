"""The first start: which language, and where to keep one's files."""

from __future__ import annotations

import asyncio
from pathlib import Path

from textual import getters, on, work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Button, Input, OptionList, Static
from textual.widgets.option_list import Option

from tutor.app.actions import WELCOME, bindings
from tutor.app.choice import Choice, SetupError
from tutor.app.folders import folder_problem, parse_folder, short
from tutor.app.screens.base import TutorScreen
from tutor.app.widgets.key_line import KeyLine
from tutor.app.widgets.line_input import LineInput
from tutor.locale import LANGUAGE_NAMES, LANGUAGES, _, current


class WelcomeScreen(TutorScreen):
    """Asks two things; a language takes effect as soon as the cursor is on it."""

    CSS_PATH = "welcome.tcss"
    ACTIONS = WELCOME
    BINDINGS = bindings(ACTIONS)
    AUTO_FOCUS = "#languages"

    languages = getters.query_one("#languages", OptionList)
    folder = getters.query_one("#folder", Input)

    def __init__(self, folder: Path, *, problem: str = "") -> None:
        super().__init__()
        self._suggestion = folder
        self._problem = problem
        self._refused = short(folder)
        """What was typed when the problem arose: it stands until that is changed."""

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="welcome", can_focus=False):
            yield Static(id="hello", markup=False)
            yield Static(id="language-label", markup=False)
            yield OptionList(*(Option(LANGUAGE_NAMES[code], id=code) for code in LANGUAGES), id="languages")
            yield Static(id="folder-label", markup=False)
            yield LineInput(short(self._suggestion), id="folder", select_on_focus=False)
            yield Static(id="folder-problem", markup=False)
            yield Button(id="start", variant="primary")
        yield KeyLine(palette=False)

    def on_mount(self) -> None:
        self.languages.highlighted = LANGUAGES.index(current())
        self.say()

    def say(self) -> None:
        self.query_one("#hello", Static).update(
            _(
                "Welcome to torch-tutor. You read a short page, edit a file in your own editor or in the one built in, "
                "and see it graded every time you save."
            )
        )
        self.query_one("#language-label", Static).update(_("Language"))
        self.query_one("#folder-label", Static).update(_("Folder for your files"))
        self.query_one("#start", Button).label = _("Start")
        self._show_problem()

    def _show_problem(self) -> None:
        line = self.query_one("#folder-problem", Static)
        line.display = bool(self._problem)
        line.update(f"! {self._problem}" if self._problem else "")

    @on(OptionList.OptionHighlighted, "#languages")
    def _try_language(self, event: OptionList.OptionHighlighted) -> None:
        if event.option_id is not None:
            self.tutor.language = event.option_id

    @on(OptionList.OptionSelected, "#languages")
    def _go_to_folder(self) -> None:
        self.folder.focus()

    @on(Input.Changed, "#folder")
    def _forget_problem(self, event: Input.Changed) -> None:
        if event.value != self._refused:
            self._problem = ""
            self._show_problem()

    @on(Input.Submitted, "#folder")
    @on(Button.Pressed, "#start")
    def action_start(self) -> None:
        self._start()

    @work(exclusive=True)
    async def _start(self) -> None:
        folder = parse_folder(self.folder.value)
        if folder is None:
            problem: str | None = _("Please name a folder.")
        else:
            problem = await asyncio.to_thread(folder_problem, folder)
        if folder is not None and problem is None:
            try:
                await self.tutor.open_session(Choice(current(), folder))
                return
            except SetupError as error:
                problem = str(error)
        self._problem = problem or ""
        self._refused = self.folder.value
        self._show_problem()
        self.folder.focus()

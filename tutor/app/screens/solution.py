"""The solution and why it is written so: opens after a pass."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import Static

from tutor.app.actions import SOLUTION, bindings
from tutor.app.screens.base import TutorScreen
from tutor.app.widgets.key_line import KeyLine
from tutor.app.widgets.page_pane import PagePane
from tutor.app.widgets.status_line import StatusLine
from tutor.catalog.model import Exercise, in_language
from tutor.locale import _, current


class SolutionScreen(TutorScreen):
    """The explanation, the reference and the other right answers, as one page."""

    CSS_PATH = "solution.tcss"
    ACTIONS = SOLUTION
    BINDINGS = bindings(ACTIONS)
    AUTO_FOCUS = "#explained"

    def __init__(self, exercise: Exercise, following: Exercise | None) -> None:
        super().__init__()
        self.exercise = exercise
        self._following = following

    def compose(self) -> ComposeResult:
        yield Static(id="heading", markup=False)
        yield PagePane(self._page, id="explained")
        yield StatusLine(self.tutor, self.exercise)
        yield KeyLine()

    def on_mount(self) -> None:
        self.say()

    def say(self) -> None:
        title = in_language(self.exercise.title, current())
        self.query_one("#heading", Static).update(_("Solution: {title}").format(title=title))

    def _page(self) -> str:
        parts = [self.exercise.explained(current())]
        for number, file in enumerate(self.exercise.solutions):
            heading = _("The solution") if number == 0 else _("Another right answer: {file}").format(file=file.name)
            parts.append(f"## {heading}\n\n```python\n{file.read_text(encoding='utf-8').rstrip()}\n```")
        return "\n\n".join(parts)

    def action_next(self) -> None:
        if self._following is None:
            self.notify(_("This is the last exercise."))
            return
        from tutor.app.screens.exercise import ExerciseScreen

        following = self._following
        self.app.pop_screen()
        self.app.switch_screen(ExerciseScreen(following))

    def action_back(self) -> None:
        self.app.pop_screen()

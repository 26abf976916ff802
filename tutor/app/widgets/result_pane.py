"""What came of a run: the requirements, above them the banner of a pass, below them the way to a hint."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tutor.app.runs import Snapshot
from tutor.app.widgets.pane import Pane
from tutor.app.widgets.requirements import RequirementList
from tutor.catalog.model import Exercise


class ResultPane(Pane, VerticalScroll):
    """The learner's file, and which requirements it meets."""

    DEFAULT_CSS = """
    ResultPane {
        #file { color: $text-muted; margin-bottom: 1; }
        #hint-pointer { margin-top: 1; color: $text-secondary; display: none; }
        #banner {
            display: none;
            background: $success-muted;
            color: $text-success;
            padding: 0 1;
            margin-bottom: 1;
        }
    }
    """

    def __init__(self, exercise: Exercise) -> None:
        super().__init__(id="result")
        self._file = Static(id="file", markup=False)
        self._banner = Static(id="banner", markup=False)
        self._requirements = RequirementList(exercise)
        self._pointer = Static(id="hint-pointer", markup=False)

    def compose(self) -> ComposeResult:
        yield self._file
        yield self._banner
        yield self._requirements
        yield self._pointer

    def show(self, run: Snapshot | None) -> None:
        """Show ``run``, or that there was none yet."""
        self._requirements.show(run)

    def say_file(self, words: str) -> None:
        """Which file it is about."""
        self._file.update(words)

    def say_passed(self, lines: Sequence[Content]) -> None:
        """What is said of a pass, and where to go from there; nothing where there was none."""
        self._banner.display = bool(lines)
        self._banner.update(Content("\n").join(lines))

    def say_hint(self, words: str) -> None:
        """How one comes to the hint; nothing where there is none."""
        self._pointer.display = bool(words)
        self._pointer.update(words)

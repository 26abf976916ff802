"""The solution and why it is written so: opens after a pass."""

from __future__ import annotations

from tutor.app.widgets.page_pane import PagePane
from tutor.catalog.model import Exercise
from tutor.locale import _, current


class SolutionPane(PagePane):
    """The explanation, the reference and the other right answers as one page; before a pass, how to get there."""

    EARLY = False

    def __init__(self, exercise: Exercise) -> None:
        super().__init__(self._page, id="solution")
        self._exercise = exercise
        self.opened = False
        """Whether the exercise was passed."""
        self._looked_at = False

    def show(self, opened: bool) -> None:
        """Whether it may be read."""
        if opened != self.opened:
            self.opened = opened
            self.say()

    def on_show(self) -> None:
        if not self._looked_at:
            self._looked_at = True
            self.say()

    def say(self) -> None:
        if self._looked_at:  # to lay out a page takes a while, and most of the time nobody looks
            super().say()

    def _page(self) -> str:
        if not self.opened:
            return _(
                "The solution opens once you have passed: the explanation, the reference answer, other right answers, "
                "and a comparison with yours."
            )
        parts = [self._exercise.explained(current())]
        for number, file in enumerate(self._exercise.solutions):
            heading = _("The solution") if number == 0 else _("Another right answer: {file}").format(file=file.name)
            parts.append(f"## {heading}\n\n```python\n{file.read_text(encoding='utf-8').rstrip()}\n```")
        return "\n\n".join(parts)

"""Which panes of an exercise stand where, by the width of the terminal. Knows nothing of textual."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from tutor.app.words import N_

PANES: tuple[str, ...] = ("lesson", "code", "result", "hints", "output", "plots", "solution")
"""In the order of the keys 1 to 7."""
LABELS: Mapping[str, str] = {
    "lesson": N_("Lesson"),
    "code": N_("Code"),
    "result": N_("Result"),
    "hints": N_("Hints"),
    "output": N_("Output"),
    "plots": N_("Plots"),
    "solution": N_("Solution"),
}
WIDE = 110
"""Columns from which two panes stand side by side."""
WIDEST = 170
"""Columns from which three do."""

_ABOUT_THE_RUN = ("result", "hints", "output", "plots")
_WATCHED = frozenset({"result", "output", "plots"})
"""Panes that tell of a run while it goes on."""


def columns(width: int) -> tuple[tuple[str, ...], ...]:
    """The panes of each column of a terminal that is ``width`` cells wide; one pane of each is shown at a time."""
    if width < WIDE:
        return (PANES,)
    if width < WIDEST:
        return (("lesson", "code", "solution"), _ABOUT_THE_RUN)
    return (("lesson", "solution"), ("code",), _ABOUT_THE_RUN)


class Shown:
    """Which panes are shown: those that were asked for last."""

    def __init__(self) -> None:
        self._asked = ["result", "code", "lesson"]
        """The latest at the end; these three to begin with, as far as there is room."""

    @property
    def latest(self) -> str:
        """The pane that was asked for last."""
        return self._asked[-1]

    def ask(self, pane: str) -> None:
        """Show ``pane`` from now on."""
        if pane in self._asked:
            self._asked.remove(pane)
        self._asked.append(pane)

    def make_way(self, width: int, *, typing: bool) -> None:
        """A save is being graded: show its result, unless its column tells of the run, or someone types there."""
        column = next(column for column in columns(width) if "result" in column)
        here, latest = self.of(column), self.latest
        if here in _WATCHED or (typing and here == "code"):
            return
        self.ask("result")
        if latest not in column:  # it is still shown, and remains where the learner is
            self.ask(latest)

    def of(self, column: Sequence[str]) -> str:
        """The pane that is shown of ``column``."""
        return next((pane for pane in reversed(self._asked) if pane in column), column[0])

    def panes(self, width: int) -> tuple[str, ...]:
        """All that are shown in a terminal that is ``width`` cells wide, from left to right."""
        return tuple(self.of(column) for column in columns(width))


class Tab(NamedTuple):
    """One tab as it is drawn."""

    pane: str
    text: str
    chosen: bool


def tabs(
    column: Sequence[str],
    chosen: str,
    marks: Mapping[str, str],
    room: int,
    label: Callable[[str], str],
    width_of: Callable[[str], int],
) -> tuple[Tab, ...]:
    """The tabs of ``column``, as fully as ``room`` cells allow: all labels, or the chosen one's and digits.

    Args:
        column: the panes.
        chosen: the one that is shown.
        marks: a short word on a pane, such as ``4/6``; where there is little room, only those of the result, and of
            what is unsaved, remain.
        room: cells.
        label: the words for a pane, in the current language.
        width_of: how many cells a text takes.
    """

    def text(pane: str, *, labelled: bool, marked: bool) -> str:
        parts = [str(PANES.index(pane) + 1)]
        if labelled or pane == chosen:
            parts.append(label(pane))
        if marks.get(pane) and (marked or pane in ("result", "code")):
            parts.append(marks[pane])
        return f" {' '.join(parts)} "

    drawn: tuple[Tab, ...] = ()
    for labelled, marked in ((True, True), (True, False), (False, False)):
        drawn = tuple(Tab(pane, text(pane, labelled=labelled, marked=marked), pane == chosen) for pane in column)
        if sum(width_of(tab.text) for tab in drawn) <= room:
            break
    return drawn

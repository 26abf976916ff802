"""Which exercises the list shows: by state, difficulty and minutes."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import cast

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from tutor.app.actions import FILTER, bindings
from tutor.app.marks import STATE_MARKS, STATE_WORDS
from tutor.app.ports import State
from tutor.app.screens.modal import TutorModal
from tutor.app.searching import Filter
from tutor.app.widgets.chips import Chips
from tutor.app.widgets.key_line import KeyLine
from tutor.locale import _

STATES: tuple[State, ...] = ("new", "started", "failed", "passed")
SHORT = 16
"""Lines of the screen below which nothing is left empty."""
DIFFICULTIES = (1, 2, 3, 4, 5)
MINUTES = (10, 15, 20, 30, 45)


class Rows(VerticalScroll, inherit_bindings=False):
    """Up and down go from row to row; what has no room is scrolled to with them."""


class FilterScreen(TutorModal[Filter | None]):
    """Answers the filter that was chosen; None where it is to stay as it was."""

    CSS_PATH = "filter.tcss"
    ACTIONS = FILTER
    BINDINGS = [  # noqa: RUF012 (textual declares it so)
        *bindings(ACTIONS),
        ("up", "app.focus_previous"),
        ("down", "app.focus_next"),
    ]
    AUTO_FOCUS = "#states"

    def __init__(self, filter: Filter, count: Callable[[Filter], str]) -> None:
        """``count``: says how many exercises a filter shows."""
        super().__init__()
        self._filter = filter
        self._count = count

    def compose(self) -> ComposeResult:
        before = self._filter
        minutes: frozenset[Hashable] = frozenset() if before.minutes is None else frozenset((before.minutes,))
        with Rows(id="filter", can_focus=False):
            yield Static(id="states-label", classes="label", markup=False)
            yield Chips(_states(), cast("frozenset[Hashable]", before.states), single=False, id="states")
            yield Static(id="difficulties-label", classes="label", markup=False)
            difficulties = [(level, str(level)) for level in DIFFICULTIES]
            yield Chips(difficulties, cast("frozenset[Hashable]", before.difficulties), single=False, id="difficulties")
            yield Static(id="minutes-label", classes="label", markup=False)
            yield Chips([(m, str(m)) for m in MINUTES], minutes, single=True, id="minutes")
            yield Static(id="filter-count", markup=False)
            yield Static(id="filter-how", markup=False)
        yield KeyLine(palette=False)

    def on_mount(self) -> None:
        self.say()
        # The first row's words stand above what has the focus: without this they would be scrolled out of a small one.
        self.call_after_refresh(self.query_one("#filter").scroll_home, animate=False)

    def on_resize(self) -> None:
        self.set_class(self.app.size.height < SHORT, "-short")  # the event's size may no longer be true

    def say(self) -> None:
        self.query_one("#filter").border_title = _("Filter")
        self.query_one("#states-label", Static).update(_("State"))
        self.query_one("#difficulties-label", Static).update(_("Difficulty"))
        self.query_one("#minutes-label", Static).update(_("Minutes, at most"))
        self.query_one("#filter-how", Static).update(_("Space chooses. Where nothing is chosen, all are shown."))
        self.query_one("#states", Chips).relabel(_states())
        self._say_count()

    def _say_count(self) -> None:
        self.query_one("#filter-count", Static).update(self._count(self.chosen))

    @property
    def chosen(self) -> Filter:
        """What is chosen now."""
        minutes = self.query_one("#minutes", Chips).chosen
        return Filter(
            cast("frozenset[State]", self.query_one("#states", Chips).chosen),
            cast("frozenset[int]", self.query_one("#difficulties", Chips).chosen),
            next((m for m in MINUTES if m in minutes), None),
        )

    def on_chips_changed(self) -> None:
        self._say_count()

    def action_apply(self) -> None:
        self.dismiss(self.chosen)

    def action_clear(self) -> None:
        for chips in self.query(Chips):
            chips.choose(frozenset())

    def action_cancel(self) -> None:
        self.dismiss(None)


def _states() -> list[tuple[Hashable, str]]:
    return [(state, f"{STATE_MARKS[state]} {_(STATE_WORDS[state])}") for state in STATES]


def filter_words(filter: Filter) -> str:
    """What a filter accepts, in words."""
    parts = []
    if filter.states:
        parts.append(_(", ").join(_(STATE_WORDS[state]) for state in STATES if state in filter.states))
    if filter.difficulties:
        parts.append(_("difficulty {levels}").format(levels=_ranges(filter.difficulties)))
    if filter.minutes is not None:
        parts.append(_("up to {minutes} min").format(minutes=filter.minutes))
    return " · ".join(parts)


def _ranges(numbers: Iterable[int]) -> str:
    """``1–3, 5`` for 1, 2, 3 and 5."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)

"""The first screen: what to go on with, every exercise, and how far one is."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING

from textual import getters, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tutor.app.actions import HOME, bindings
from tutor.app.amounts import bar
from tutor.app.panes import WIDE, WIDEST
from tutor.app.screens.base import TutorScreen
from tutor.app.widgets.catalog_list import CatalogList
from tutor.app.widgets.detail import Detail
from tutor.app.widgets.key_line import KeyLine
from tutor.app.widgets.status_line import StatusLine
from tutor.locale import _, plural

if TYPE_CHECKING:
    from textual.geometry import Size
    from textual.timer import Timer

    from tutor.app.ports import AttemptView, TriedView
    from tutor.app.searching import Filter, Index
    from tutor.app.widgets.search_bar import SearchBar
    from tutor.catalog.model import Exercise

TALL = 20
"""Lines from which there is room for what is under the cursor, below the list."""
LEAST, MOST = 4, 14
"""Lines that it takes there: more than the least where the list leaves them free."""
AROUND = 3
"""Lines of the screen that are not the list's: heading, status, keys."""
BAR = 16
A_MOMENT = 0.15
"""Seconds that the cursor stays where it is before the last attempt there is read."""


class HomeScreen(TutorScreen):
    """What to go on with comes first; then tracks, topics and exercises, all of them or those that were asked for."""

    ACTIONS = HOME
    BINDINGS = bindings(ACTIONS)
    AUTO_FOCUS = "CatalogList"

    exercises = getters.query_one(CatalogList)

    def __init__(self) -> None:
        super().__init__()
        self.query_text = ""
        """What is searched for."""
        self._filter: Filter | None = None
        """None: everything. Not made before it is needed, and neither is the index."""
        self._index: Index | None = None
        self._only: frozenset[str] | None = None
        """The keys of the exercises that are shown; None for all."""
        self._away = False
        """Whether another screen lies on this one, and this one may not show the latest."""
        self._tried: Mapping[str, TriedView] | None = None
        """None: nobody has asked yet."""
        self._attempts: dict[str, AttemptView | None] = {}
        """The last ones of exercises that were under the cursor."""
        self._rest: Timer | None = None

    def compose(self) -> ComposeResult:
        # All that is known by now, so that the first paint shows it and nothing has to be laid out twice.
        self._fit(self.app.size)
        yield Static(self._heading(), id="heading", markup=False)
        if self._problems():
            yield Static(self._problems(), id="problems", markup=False)
        exercises = CatalogList()
        session = self.tutor.session
        if session is not None:
            exercises.show(session.catalog.packs, self.tutor.state_of, self._target())
        detail = Detail(exercises.row)
        with Vertical(id="body"):
            yield exercises
            yield detail
        self._share(exercises, detail, self.app.size)
        yield StatusLine(self.tutor)
        yield KeyLine()

    def on_mount(self) -> None:
        self.watch(self.tutor, "states", self._say_states, init=False)
        self.call_after_refresh(self._learn)

    def on_resize(self) -> None:
        # Not the event's size: one that is no longer true would undo what the true one did, that would lay everything
        # out anew, which sends the next event, and so on without end.
        self._fit(self.app.size)
        self._share(self.exercises, self.query_one(Detail), self.app.size)
        self.call_after_refresh(self._look_closer)  # there may only now be a place for it

    def _fit(self, size: Size) -> None:
        self.set_class(size.width >= WIDE, "-wide")
        self.set_class(size.width >= WIDEST, "-widest")
        self.set_class(size.width < WIDE and size.height >= TALL, "-tall")

    def _share(self, exercises: CatalogList, detail: Detail, size: Size) -> None:
        """Below the list, what is under the cursor takes the lines that the whole list leaves free.

        They stay the same while one searches and folds: nothing jumps under the eyes.
        """
        free = size.height - AROUND - exercises.whole_height
        detail.styles.height = "1fr" if size.width >= WIDE else max(LEAST, min(MOST, free))

    def on_screen_suspend(self) -> None:
        self._away = True

    def on_screen_resume(self) -> None:
        if self._away:
            self._away = False
            self._attempts.clear()
            self.say()
            self._learn()

    def show_catalog(self) -> None:
        """The session stands, or the packs have changed: show what there is."""
        if self.is_mounted:  # otherwise it will be shown then
            self._index = None
            self.say()
            self._learn()

    def say(self) -> None:
        self.query_one("#heading", Static).update(self._heading())
        if self.tutor.session is None:
            return
        self._say_problems()
        self._show()
        self._say_narrowed()
        self.query_one(StatusLine).say()

    def _say_states(self) -> None:
        self._attempts.clear()
        self.say()
        if self._tried is not None:
            self._learn()

    def _show(self, *, to_first: bool = False) -> None:
        session = self.tutor.session
        if session is None:
            return
        self._only = self._narrowed(self.filter) if self._narrow else None
        words = self._words() if self.query_text else ()
        self.exercises.show(
            session.catalog.packs, self.tutor.state_of, self._target(), self._only, words, to_first=to_first
        )
        self._share(self.exercises, self.query_one(Detail), self.app.size)

    # What is said above the list

    @property
    def all_exercises(self) -> list[Exercise]:
        session = self.tutor.session
        return [e for pack in session.catalog.packs for e in pack.exercises] if session is not None else []

    def _heading(self) -> Content:
        if self.tutor.session is None:
            return Content("torch-tutor")
        exercises = self.all_exercises
        passed = sum(self.tutor.state_of(e) == "passed" for e in exercises)
        count = _("{passed} of {total} passed").format(passed=passed, total=len(exercises))
        done, left = bar(passed, len(exercises), BAR)
        return Content.assemble(
            ("torch-tutor", "bold"), f"   {count}   ", (done, "$text-success"), (left, "$foreground 60%")
        )

    def _problems(self) -> str:
        session = self.tutor.session
        problems = [str(problem) for problem in session.catalog.problems] if session is not None else []
        if not problems:
            return ""
        shown = problems[:3]
        if len(problems) > len(shown):
            shown.append(_("… and {count} more").format(count=len(problems) - len(shown)))
        return "\n".join([_("Some packs could not be loaded:"), *shown])

    def _say_problems(self) -> None:
        self._line("problems", self._problems())

    def _line(self, id: str, text: str) -> None:
        """Show ``text`` in the line ``id`` above the list, which is there only as long as there is something to say."""
        found = self.query(f"#{id}")
        if found:
            line = found.first(Static)
            line.update(text)
            line.display = bool(text)
        elif text:
            self.mount(Static(text, id=id, markup=False), before="#body")

    def _target(self) -> Exercise | None:
        """What to go on with: the exercise opened last, or the first open one after it where that is passed."""
        exercises, last = self.all_exercises, self.tutor.last_exercise
        at = next((i for i, e in enumerate(exercises) if e.key == last), 0) if last is not None else 0
        ordered = exercises[at:] + exercises[:at]
        return next((e for e in ordered if self.tutor.state_of(e) != "passed"), None)

    # Searching and filtering

    @property
    def filter(self) -> Filter:
        from tutor.app.searching import Filter

        return self._filter or Filter()

    @property
    def _narrow(self) -> bool:
        return bool(self.query_text) or self._filter is not None

    def _words(self) -> tuple[str, ...]:
        from tutor.app.searching import folded

        return tuple(folded(self.query_text).split())

    def _narrowed(self, filter: Filter) -> frozenset[str] | None:
        """The keys of what the search finds and ``filter`` accepts; None for all."""
        from tutor.app.searching import Index, narrowed

        session = self.tutor.session
        if self._index is None and session is not None:
            self._index = Index(session.catalog.packs)
        found = self._index.find(self.query_text) if self._index is not None else None
        return narrowed(self.all_exercises, found, filter, self.tutor.state_of)

    def search(self, text: str) -> None:
        """Show what matches ``text`` and the filter, with the cursor on the first of them."""
        self.query_text = text
        self._show(to_first=bool(text))
        self._say_narrowed()

    def choose_filter(self, filter: Filter) -> None:
        """Show what ``filter`` accepts and the search finds."""
        self._filter = filter if filter.active else None
        self._show()
        self._say_narrowed()

    def _say_narrowed(self) -> None:
        only, total = self._only, len(self.all_exercises)
        bar = self._search_bar
        if bar is not None:
            bar.say_count(total if only is None else len(only), total)
        text = ""
        if self._filter is not None and only is not None:
            from tutor.app.screens.filter import filter_words

            shown = _("{count} of {total} shown").format(count=len(only), total=total)
            keys = _("{filter} changes it, {clear} clears it").format(
                filter=self.tutor.key("home.filter"), clear=self.tutor.key("home.clear")
            )
            text = " · ".join([_("Filter: {filter}").format(filter=filter_words(self._filter)), shown, keys])
        self._line("narrowed", text)
        self.refresh_bindings()

    @property
    def _search_bar(self) -> SearchBar | None:
        found = self.query("SearchBar")
        if not found:
            return None
        from tutor.app.widgets.search_bar import SearchBar

        return found.first(SearchBar)

    async def action_search(self) -> None:
        from tutor.app.widgets.search_bar import SearchBar

        bar = self._search_bar
        if bar is None:
            bar = SearchBar()
            await self.mount(bar, before="#narrowed" if self.query("#narrowed") else "#body")
            self.exercises.add_class("-searching")
            self._say_narrowed()
        bar.take_focus()
        session = self.tutor.session
        if self._index is None and session is not None:
            from tutor.app.searching import Index

            # Of thousands it takes longer than a frame; a key that comes before it is ready makes one itself.
            self._index = await asyncio.to_thread(Index, session.catalog.packs)

    async def action_clear(self) -> None:
        """Give up the search; or, where there is none, the filter."""
        bar = self._search_bar
        if bar is not None:
            self.exercises.focus()
            self.exercises.remove_class("-searching")
            await bar.remove()
            self.search("")
        elif self._filter is not None:
            from tutor.app.searching import Filter

            self.choose_filter(Filter())

    def action_filter(self) -> None:
        from tutor.app.screens.filter import FilterScreen

        def count(filter: Filter) -> str:
            found = self._narrowed(filter)
            shown = len(self.all_exercises) if found is None else len(found)
            return plural("{count} exercise", "{count} exercises", shown).format(count=shown)

        def chosen(filter: Filter | None) -> None:
            if filter is not None:
                self.choose_filter(filter)

        self.app.push_screen(FilterScreen(self.filter, count), chosen)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "clear":
            return self._search_bar is not None or self._filter is not None
        return super().check_action(action, parameters)

    # What is under the cursor

    def on_catalog_list_moved(self) -> None:
        if self.is_mounted:
            self._say_detail()
            if self._rest is not None:
                self._rest.stop()
            self._rest = self.set_timer(A_MOMENT, self._look_closer)

    def _say_detail(self) -> None:
        row = self.exercises.row
        last = self._attempts.get(row.exercise.key) if row.exercise is not None else None
        self.query_one(Detail).show(row, self._tried or {}, last)

    @work(group="detail", exclusive=True)
    async def _learn(self) -> None:
        """Ask what was tried so far."""
        session = self.tutor.session
        if session is None:
            return
        history = await self.tutor.attempt(session.history)
        if history is not None and self.is_mounted:
            self._tried = history.exercises
            self._say_detail()
            self._look_closer()

    def _look_closer(self) -> None:
        exercise = self.exercises.exercise
        if exercise is None or self._tried is None or not self.query_one(Detail).display:
            return
        tried = self._tried.get(exercise.key)
        if tried is not None and tried.attempts and exercise.key not in self._attempts:
            self._read_last(exercise)

    @work(group="last", exclusive=True)
    async def _read_last(self, exercise: Exercise) -> None:
        session = self.tutor.session
        if session is not None:
            self._attempts[exercise.key] = await self.tutor.attempt(session.workspace.last_attempt, exercise.key)
            if self.is_mounted:
                self._say_detail()

    # Going elsewhere

    def on_catalog_list_chosen(self, message: CatalogList.Chosen) -> None:
        self._open(message.exercise)

    def action_open(self) -> None:
        self.exercises.choose()

    def _open(self, exercise: Exercise) -> None:
        from tutor.app.screens.exercise import ExerciseScreen

        self.exercises.focus()  # so that keys are keys again on the way back
        self.app.push_screen(ExerciseScreen(exercise))

    def action_progress(self) -> None:
        from tutor.app.screens.progress import ProgressScreen

        if self.tutor.session is not None:
            self.app.push_screen(ProgressScreen())

    def action_fold(self) -> None:
        self.exercises.fold()

    def action_unfold(self) -> None:
        self.exercises.unfold()

    def action_fold_all(self, folded: bool) -> None:
        self.exercises.fold_all(folded)

    def action_topic(self, by: int) -> None:
        self.exercises.jump(by)

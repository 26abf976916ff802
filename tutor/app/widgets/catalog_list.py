"""The list of tracks, topics and exercises. Drawn line by line, so that only what is in sight costs anything."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tutor.app.widgets.catalog_lines import Lines
from tutor.app.widgets.catalog_rows import Row, Table, topic_key, track_key
from tutor.locale import _

if TYPE_CHECKING:
    from rich.style import Style

    from tutor.app.ports import State
    from tutor.catalog.model import Exercise, Pack

NOTHING = Row("blank")


class CatalogList(ScrollView, can_focus=True):
    """What to go on with, then tracks, topics and exercises with their state, difficulty and minutes."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "list--resume",
        "list--track",
        "list--topic",
        "list--muted",
        "list--match",
        "list--cursor",
        "list--passed",
        "list--failed",
        "list--started",
        "list--new",
    }
    DEFAULT_CSS = """
    CatalogList {
        height: 1fr;
        padding: 0 1;
        overflow-x: hidden;
        background: $background;

        .list--resume { color: $text-accent; text-style: bold; }
        .list--track { color: $text-primary; text-style: bold; }
        .list--topic { text-style: bold; }
        .list--muted { color: $text-muted; }
        .list--match { text-style: bold underline; }
        .list--cursor {
            background: $block-cursor-blurred-background;
            text-style: $block-cursor-blurred-text-style;
        }
        &:focus .list--cursor, &.-searching .list--cursor {
            color: $block-cursor-foreground;
            background: $block-cursor-background;
            text-style: $block-cursor-text-style;
        }
        .list--passed { color: $text-success; }
        .list--failed { color: $text-error; }
        .list--started { color: $text-accent; }
        .list--new { color: $text-muted; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home,g", "edge(-1)", show=False),
        Binding("end,G", "edge(1)", show=False),
    ]

    cursor: reactive[int] = reactive(-1, repaint=False)
    """The row under the cursor; -1 where there is none."""

    class Chosen(Message):
        """An exercise is to be opened."""

        def __init__(self, exercise: Exercise) -> None:
            super().__init__()
            self.exercise = exercise

    class Moved(Message):
        """Another row is under the cursor."""

    def __init__(self) -> None:
        super().__init__()
        self._packs: Sequence[Pack] = ()
        self._table = Table(())
        self._rows: list[Row] = []
        self._stops: list[int] = []
        self._folded: set[str] = set()
        self._target: Exercise | None = None
        self._only: Collection[str] | None = None
        self._lines = Lines((), lambda exercise: "new", ())
        self._said: Row | None = None
        """The row of the last message."""

    @property
    def row(self) -> Row:
        """What is under the cursor."""
        return self._rows[self.cursor] if 0 <= self.cursor < len(self._rows) else NOTHING

    @property
    def exercise(self) -> Exercise | None:
        """The exercise under the cursor: what enter opens."""
        return self.row.exercise

    @property
    def whole_height(self) -> int:
        """Lines that all of it takes where nothing is folded and no exercise is left out."""
        return self._table.height + 2 if self._packs else 0

    def show(
        self,
        packs: Sequence[Pack],
        state_of: Callable[[Exercise], State],
        target: Exercise | None = None,
        only: Collection[str] | None = None,
        words: Sequence[str] = (),
        *,
        to_first: bool = False,
    ) -> None:
        """Show ``packs`` in the current language; the cursor stays where it is, as far as that is still there.

        Args:
            packs: what there is.
            state_of: asked about an exercise when its line comes into sight.
            target: what to go on with, which comes first.
            only: keys of the exercises to which the list is narrowed down; None shows all, and what to go on with.
            words: what was searched for: folded as by ``tutor.app.searching``.
            to_first: put the cursor on the first exercise instead.
        """
        if packs is not self._packs:
            self._packs = packs
            self._table = Table(packs)
        self._target = target
        self._only = only
        self._lines = Lines(packs, state_of, words)
        self._lay_out(to_first=to_first)

    def _lay_out(self, *, to_first: bool = False) -> None:
        before, at = self._rows, self.cursor
        found = self._table.rows(self._folded, self._only)
        if self._only is None and self._packs:
            found = [Row("resume", exercise=self._target), Row("blank"), *found]
        self._rows = found
        self._stops = [y for y, row in enumerate(found) if row.stops]
        self.virtual_size = Size(1, len(found))  # rows are as wide as the list, whatever that is
        self.cursor = self._first if to_first else self._kept(before, at)
        if to_first and self.is_mounted:
            self.scroll_to(y=0, animate=False, force=True)
        self._announce()
        self.refresh()

    @property
    def _first(self) -> int:
        """The first exercise, or what comes first where there is none."""
        first = next((y for y in self._stops if self._rows[y].kind == "exercise"), None)
        return first if first is not None else self._stops[0] if self._stops else -1

    def _kept(self, before: Sequence[Row], at: int) -> int:
        """Where the row that was at ``at`` is now; what was above it where that is gone."""
        if at < 0 or not before:
            return self._stops[0] if self._stops else -1
        same = next((y for y in self._stops if self._rows[y] is before[at]), None)
        if same is not None:
            return same
        places = {self._rows[y].key: y for y in self._stops}
        for row in reversed(before[: at + 1]):
            y = places.get(row.key)
            if y is not None:
                return y
        return self._first if self._only is not None else self._stops[0] if self._stops else -1

    def go_to(self, exercise: Exercise) -> bool:
        """Put the cursor on the line of ``exercise``, unfolding what it lies in; answer whether it is in the list."""
        wanted = Row("exercise", exercise=exercise).key
        for track in (track for pack in self._packs for track in pack.tracks):
            for topic in track.topics:
                if any(Row("exercise", exercise=e).key == wanted for e in topic.exercises):
                    closed = {track_key(track), topic_key(topic)} & self._folded
                    if closed:
                        self._folded -= closed
                        self._lay_out()
        for y in self._stops:
            if self._rows[y].key == wanted:
                self.cursor = y
                return True
        return False

    # The cursor

    def watch_cursor(self, before: int, cursor: int) -> None:
        if cursor >= 0 and self._stops:
            top = cursor if cursor != self._stops[0] else 0
            self.scroll_to_region(Region(0, top, 1, cursor - top + 1), animate=False, force=True)
        self._announce()
        # These two lines and no others: over a slow line every one of them counts. Scrolling refreshes by itself.
        self.refresh_line(before)
        self.refresh_line(cursor)

    def _announce(self) -> None:
        if self.row is not self._said and self.is_mounted:
            self._said = self.row
            self.post_message(self.Moved())

    def action_move(self, by: int) -> None:
        if self._stops:
            index = bisect_left(self._stops, self.cursor) + by
            self.cursor = self._stops[max(0, min(index, len(self._stops) - 1))]

    def action_page(self, by: int) -> None:
        if self._stops:
            wanted = self.cursor + by * max(1, self.size.height - 1)
            self.cursor = min(self._stops, key=lambda y: abs(y - wanted))

    def action_edge(self, end: int) -> None:
        if self._stops:
            self.cursor = self._stops[-1 if end > 0 else 0]

    def jump(self, by: int) -> None:
        """To the next topic (1), or the one before (-1)."""
        topics = [y for y in self._stops if self._rows[y].kind == "topic" and (y - self.cursor) * by > 0]
        if topics:
            self.cursor = topics[0] if by > 0 else topics[-1]

    # Folding

    def choose(self) -> None:
        """Open the exercise under the cursor; fold or unfold a heading."""
        row = self.row
        if row.exercise is not None:
            self.post_message(self.Chosen(row.exercise))
        elif row.stops:
            self._fold(row, not self.is_folded(row))

    def is_folded(self, row: Row) -> bool:
        return row.key in self._folded and self._only is None

    def fold(self) -> None:
        """Fold the heading under the cursor; from an exercise or a folded topic, go to the heading above."""
        row = self.row
        if row.kind in ("topic", "track") and not self.is_folded(row):
            self._fold(row, True)
            return
        above = "topic" if row.kind == "exercise" else "track"
        wanted = next((y for y in reversed(self._stops) if y < self.cursor and self._rows[y].kind == above), None)
        if wanted is not None and row.kind in ("exercise", "topic"):
            self.cursor = wanted

    def unfold(self) -> None:
        """Unfold the heading under the cursor; from one that is open, go to what comes first below it."""
        row = self.row
        if row.kind not in ("topic", "track"):
            return
        if self.is_folded(row):
            self._fold(row, False)
        else:
            self.action_move(1)

    def fold_all(self, folded: bool) -> None:
        """Fold every topic, or unfold everything."""
        topics = {topic_key(t) for pack in self._packs for track in pack.tracks for t in track.topics}
        self._folded = topics if folded else set()
        self._lay_out()

    def _fold(self, row: Row, folded: bool) -> None:
        if self._only is None:  # of a list that is narrowed down every match is shown
            self._folded = self._folded | {row.key} if folded else self._folded - {row.key}
            self._lay_out()

    # The mouse, the size, the lines

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None:
            return
        y = offset.y + self.scroll_offset.y
        if 0 <= y < len(self._rows) and self._rows[y].stops:
            self.cursor = y
            self.choose()

    def on_mount(self) -> None:
        self._announce()

    def on_resize(self) -> None:
        if self.cursor >= 0:
            self.watch_cursor(self.cursor, self.cursor)

    def render_line(self, y: int) -> Strip:
        y += self.scroll_offset.y
        width = self.scrollable_content_region.width
        base = self.rich_style
        if y >= len(self._rows):
            said = _("No exercise matches.") if y == 0 and self._only is not None else ""
            return Strip(self._lines.plain(said)).adjust_cell_length(width, base).apply_style(base)
        row, style = self._rows[y], base
        named: Callable[[str], Style | None] = self._named
        if y == self.cursor:
            # Under the cursor one colour must do: the mark and the word still tell the state.
            style, named = self.get_component_rich_style("list--cursor"), lambda name: None
        segments = self._lines.segments(row, width, named, folded=self.is_folded(row))
        return Strip(segments).adjust_cell_length(width, style).apply_style(style)

    def _named(self, name: str) -> Style | None:
        return self.get_component_rich_style(f"list--{name}")

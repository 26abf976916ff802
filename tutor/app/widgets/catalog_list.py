"""The list of tracks, topics and exercises. Drawn line by line, so that only what is in sight costs anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tutor.app.marks import STATE_MARKS, STATE_WORDS, difficulty
from tutor.catalog.model import in_language
from tutor.locale import _, current

if TYPE_CHECKING:
    from tutor.app.ports import State
    from tutor.catalog.model import Exercise, Pack, Topic, Track


class Row(NamedTuple):
    """One line: a heading, an exercise, or with none of these a blank."""

    track: Track | None = None
    topic: Topic | None = None
    exercise: Exercise | None = None


class CatalogList(ScrollView, can_focus=True):
    """Tracks, topics and exercises with their state, difficulty and minutes."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "list--track",
        "list--topic",
        "list--muted",
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

        .list--track { color: $text-primary; text-style: bold; }
        .list--topic { text-style: bold; }
        .list--muted { color: $text-muted; }
        .list--cursor { background: $block-cursor-blurred-background; }
        &:focus .list--cursor {
            color: $block-cursor-foreground;
            background: $block-cursor-background;
            text-style: bold;
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
        Binding("home", "edge(-1)", show=False),
        Binding("end", "edge(1)", show=False),
    ]

    cursor: reactive[int] = reactive(-1)
    """The row under the cursor; -1 where the list holds no exercise."""

    class Chosen(Message):
        """An exercise is to be opened."""

        def __init__(self, exercise: Exercise) -> None:
            super().__init__()
            self.exercise = exercise

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Row] = []
        self._stops: list[int] = []
        self._packs: dict[str, Pack] = {}
        self._state_of: Callable[[Exercise], State] = lambda exercise: "new"
        self._digits = 1
        """Of the longest number of minutes."""

    @property
    def exercise(self) -> Exercise | None:
        """The exercise under the cursor."""
        return self._rows[self.cursor].exercise if 0 <= self.cursor < len(self._rows) else None

    def show(
        self, packs: Sequence[Pack], state_of: Callable[[Exercise], State], target: Exercise | None = None
    ) -> None:
        """Show ``packs`` in the current language. The cursor goes to ``target``, or stays on its exercise."""
        kept = target or self.exercise
        self._packs = {pack.name: pack for pack in packs}
        self._state_of = state_of
        self._digits = len(str(max((e.minutes for pack in packs for e in pack.exercises), default=0)))
        self._rows = list(_rows(packs))
        self._stops = [y for y, row in enumerate(self._rows) if row.exercise is not None]
        self.virtual_size = Size(1, len(self._rows))  # rows are as wide as the list, whatever that is
        if kept is None or not self.go_to(kept):
            self.cursor = self._stops[0] if self._stops else -1
        self.refresh()

    def begin_at_cursor(self, height: int) -> None:
        """Before it is laid out: begin where the cursor is in sight if there will be ``height`` lines.

        Scrolling takes a size, which is known after the first paint; the list would be seen to jump.
        """
        if self.cursor >= height > 0:
            top = float(self.cursor - height + 1)
            self.set_reactive(CatalogList.scroll_y, top)
            self.set_reactive(CatalogList.scroll_target_y, top)

    def go_to(self, exercise: Exercise) -> bool:
        """Put the cursor on ``exercise``; answer whether it is in the list."""
        for y in self._stops:
            found = self._rows[y].exercise
            if found is not None and (found.pack, found.id) == (exercise.pack, exercise.id):
                self.cursor = y
                return True
        return False

    def watch_cursor(self, cursor: int) -> None:
        if cursor >= 0:
            top = cursor if cursor != self._stops[0] else 0  # the headings above the first exercise show with it
            region = Region(0, top, 1, cursor - top + 1)
            self.scroll_to_region(region, animate=False, force=True)
        self.refresh()

    def action_move(self, by: int) -> None:
        if self.cursor in self._stops:
            index = self._stops.index(self.cursor) + by
            self.cursor = self._stops[max(0, min(index, len(self._stops) - 1))]

    def action_page(self, by: int) -> None:
        if self._stops:
            wanted = self.cursor + by * max(1, self.size.height - 1)
            self.cursor = min(self._stops, key=lambda y: abs(y - wanted))

    def action_edge(self, end: int) -> None:
        if self._stops:
            self.cursor = self._stops[-1 if end > 0 else 0]

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None:
            return
        y = offset.y + self.scroll_offset.y
        if y in self._stops:
            self.cursor = y
            exercise = self.exercise
            if exercise is not None:
                self.post_message(self.Chosen(exercise))

    def on_resize(self) -> None:
        if self.cursor >= 0:
            self.watch_cursor(self.cursor)

    def render_line(self, y: int) -> Strip:
        y += self.scroll_offset.y
        width = self.scrollable_content_region.width
        base = self.rich_style
        if y >= len(self._rows):
            return Strip.blank(width, base)
        row = self._rows[y]
        style = self.get_component_rich_style("list--cursor") if y == self.cursor else base
        return Strip(self._segments(row, width, y == self.cursor)).adjust_cell_length(width, style).apply_style(style)

    def _segments(self, row: Row, width: int, under_cursor: bool) -> list[Segment]:
        def segment(text: str, name: str) -> Segment:
            # Under the cursor one colour must do: the mark and the word still tell the state.
            return Segment(text, None if under_cursor else self.get_component_rich_style(f"list--{name}"))

        if row.track is not None:
            return [segment(self._track(row.track), "track")]
        if row.topic is not None:
            note = self._count(row.topic)
            left = _fit(f"  {in_language(row.topic.title, current())}", width - cell_len(note) - 2)
            return [segment(left, "topic"), segment(f"  {note}", "muted")]
        if row.exercise is None:
            return []
        state = self._state_of(row.exercise)
        word = f"{STATE_MARKS[state]} {_(STATE_WORDS[state])}"
        states = max(cell_len(_(w)) for w in STATE_WORDS.values()) + 2
        minutes = _("{minutes} min").format(minutes=str(row.exercise.minutes).rjust(self._digits))
        facts = f"  {difficulty(row.exercise.difficulty)}  {minutes}" if width >= 56 else f"  {minutes}"
        title = in_language(row.exercise.title, current())
        return [
            Segment("    "),
            segment(set_cell_size(word, states), state),
            Segment(f"  {_fit(title, max(8, width - 4 - states - 2 - cell_len(facts)))}"),
            segment(facts, "muted"),
        ]

    def _track(self, track: Track) -> str:
        name = in_language(track.title, current())
        return f"{in_language(self._packs[track.pack].title, current())} › {name}" if len(self._packs) > 1 else name

    def _count(self, topic: Topic) -> str:
        passed = sum(self._state_of(exercise) == "passed" for exercise in topic.exercises)
        return _("{passed} of {total} passed").format(passed=passed, total=len(topic.exercises))


def _fit(text: str, width: int) -> str:
    """``text`` in exactly ``width`` cells."""
    if cell_len(text) > width:
        text = set_cell_size(text, max(0, width - 1)).rstrip() + "…"
    return set_cell_size(text, max(0, width))


def _rows(packs: Sequence[Pack]) -> Iterator[Row]:
    """What the lines are about. What they say is found out when they come into sight."""
    first = True
    for pack in packs:
        for track in pack.tracks:
            if not first:
                yield Row()
            first = False
            yield Row(track=track)
            for topic in track.topics:
                yield Row(topic=topic)
                for exercise in topic.exercises:
                    yield Row(exercise=exercise)

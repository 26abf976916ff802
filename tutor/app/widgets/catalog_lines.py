"""What the lines of the list of exercises say, in the language and the width of the moment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment

from tutor.app.amounts import bar
from tutor.app.marks import STATE_MARKS, STATE_WORDS, difficulty
from tutor.catalog.model import in_language
from tutor.locale import _, current

if TYPE_CHECKING:
    from rich.style import Style

    from tutor.app.ports import State
    from tutor.app.widgets.catalog_rows import Row
    from tutor.catalog.model import Exercise, Pack, Topic, Track

    Named = Callable[[str], Style | None]

ROOMY = 56
"""Columns from which states are words as well as marks, and bars and difficulties are drawn."""
BAR = 12
OPEN, FOLDED = "▾", "▸"


class Lines:
    """Makes lines of rows. It lives as long as the list shows the same, in the same language."""

    def __init__(self, packs: Sequence[Pack], state_of: Callable[[Exercise], State], words: Sequence[str]) -> None:
        """``words``: what was searched for, folded; it is underlined in titles."""
        self._packs = {pack.name: pack for pack in packs}
        self._state_of = state_of
        self._words = words

    @cached_property
    def _digits(self) -> int:
        """Of the longest number of minutes."""
        return len(str(max((e.minutes for pack in self._packs.values() for e in pack.exercises), default=0)))

    @cached_property
    def _counts(self) -> int:
        """Cells of the longest count of a topic."""
        sizes = (len(t.exercises) for pack in self._packs.values() for track in pack.tracks for t in track.topics)
        most = max(sizes, default=0)
        return cell_len(_passed(most, most))

    def plain(self, text: str) -> list[Segment]:
        return [Segment(f"  {text}")] if text else []

    def segments(self, row: Row, width: int, named: Named, *, folded: bool) -> list[Segment]:
        """The line for ``row``; ``named`` gives the style of a part by its name."""
        match row.kind:
            case "resume":
                return self._resume(row.exercise, width, named)
            case "track" if row.track is not None:
                return self._heading(f"{FOLDED if folded else OPEN} {self._title(row.track)}", width, named)
            case "topic" if row.topic is not None:
                return self._topic(row.topic, width, named, folded=folded)
            case "exercise" if row.exercise is not None:
                return self._exercise(row.exercise, width, named)
            case _:
                return []

    def _resume(self, exercise: Exercise | None, width: int, named: Named) -> list[Segment]:
        if exercise is None:
            any_ = any(pack.exercises for pack in self._packs.values())
            said = _("Every exercise is passed. Well done!") if any_ else _("There is no exercise here yet.")
            return [Segment(f"  {said}", named("resume"))]
        started = self._state_of(exercise) != "new"
        words = _("Go on with: {title}") if started else _("Next: {title}")
        title = words.format(title=in_language(exercise.title, current()))
        far = self._how_far(exercise)
        room = width - cell_len(far) - 4
        if cell_len(title) > room:
            return [Segment(fit(f"→ {title}", width), named("resume"))]
        return [Segment(fit(f"→ {title}", room + 2), named("resume")), Segment(f"  {far}", named("muted"))]

    def _how_far(self, exercise: Exercise) -> str:
        topic = next(
            topic
            for track in self._packs[exercise.pack].tracks
            for topic in track.topics
            if topic.name == exercise.topic
        )
        return f"{in_language(topic.title, current())} · {self._passed(topic.exercises)}"

    def _heading(self, text: str, width: int, named: Named) -> list[Segment]:
        return [Segment(fit(text, width), named("track"))]

    def _topic(self, topic: Topic, width: int, named: Named, *, folded: bool) -> list[Segment]:
        passed = sum(self._state_of(e) == "passed" for e in topic.exercises)
        total = len(topic.exercises)
        title = f"{FOLDED if folded else OPEN} {in_language(topic.title, current())}"
        if width < ROOMY:
            count = f"  {passed}/{total}"
            return [Segment(fit(title, width - len(count)), named("topic")), Segment(count, named("muted"))]
        done, left = bar(passed, total, BAR)
        count = _passed(passed, total)
        count = " " * (self._counts - cell_len(count)) + count
        room = width - BAR - cell_len(count) - 4
        return [
            Segment(f"{fit(f'  {title}', room)}  ", named("topic")),
            Segment(done, named("passed")),
            Segment(left, named("muted")),
            Segment(f"  {count}", named("muted")),
        ]

    def _exercise(self, exercise: Exercise, width: int, named: Named) -> list[Segment]:
        state = self._state_of(exercise)
        minutes = _("{minutes} min").format(minutes=str(exercise.minutes).rjust(self._digits))
        if width < ROOMY:
            start, word, facts = "  ", STATE_MARKS[state], f"  {minutes}"
        else:
            states = max(cell_len(_(w)) for w in STATE_WORDS.values()) + 2
            start, word = "      ", set_cell_size(f"{STATE_MARKS[state]} {_(STATE_WORDS[state])}", states)
            facts = f"  {difficulty(exercise.difficulty)}  {minutes}"
        gap = "  " if width >= ROOMY else " "
        room = max(8, width - len(start) - cell_len(word) - len(gap) - cell_len(facts))
        title = fit(in_language(exercise.title, current()), room)
        return [
            Segment(start),
            Segment(word, named(state)),
            Segment(gap),
            *self._underlined(title, named),
            Segment(facts, named("muted")),
        ]

    def _underlined(self, title: str, named: Named) -> list[Segment]:
        if not self._words:
            return [Segment(title)]
        from tutor.app.searching import first_match

        match = first_match(title, self._words)
        if match is None:
            return [Segment(title)]
        start, end = match
        return [Segment(title[:start]), Segment(title[start:end], named("match")), Segment(title[end:])]

    def _title(self, track: Track) -> str:
        name = in_language(track.title, current())
        return f"{in_language(self._packs[track.pack].title, current())} › {name}" if len(self._packs) > 1 else name

    def _passed(self, exercises: Iterable[Exercise]) -> str:
        states = [self._state_of(exercise) for exercise in exercises]
        return _passed(states.count("passed"), len(states))


def _passed(passed: int, total: int) -> str:
    return _("{passed} of {total} passed").format(passed=passed, total=total)


def fit(text: str, width: int) -> str:
    """``text`` in exactly ``width`` cells."""
    if cell_len(text) > width:
        text = set_cell_size(text, max(0, width - 1)).rstrip() + "…"
    return set_cell_size(text, max(0, width))

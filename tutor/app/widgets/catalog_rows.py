"""The lines of the list of exercises, as data: what each is about. What it says is found out when it is painted."""

from __future__ import annotations

from collections.abc import Container, Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from tutor.catalog.model import Exercise, Pack, Topic, Track

Kind = Literal["blank", "resume", "track", "topic", "exercise"]


class Row(NamedTuple):
    """One line."""

    kind: Kind
    track: Track | None = None
    topic: Topic | None = None
    exercise: Exercise | None = None
    """What it is about, and what that lies in. Of ``resume`` the exercise to go on with, if there is one."""

    @property
    def key(self) -> str:
        """By which the line is known again when the list is made anew."""
        match self.kind:
            case "exercise":
                assert self.exercise is not None
                return f"e {self.exercise.pack}:{self.exercise.id}"
            case "topic":
                return topic_key(self.topic) if self.topic is not None else ""
            case "track":
                return track_key(self.track) if self.track is not None else ""
            case kind:
                return kind

    @property
    def stops(self) -> bool:
        """Whether the cursor can be here."""
        return self.kind != "blank" and (self.kind != "resume" or self.exercise is not None)


def topic_key(topic: Topic) -> str:
    return f"t {topic.pack}:{topic.name}"


def track_key(track: Track) -> str:
    return f"r {track.pack}:{track.name}"


class _Topic:
    """The lines of one topic. Keys are made when somebody asks for some exercises only."""

    def __init__(self, track: Track, topic: Topic) -> None:
        self.heading = Row("topic", track, topic)
        self.key = topic_key(topic)
        self.exercises = [Row("exercise", track, topic, exercise) for exercise in topic.exercises]

    @cached_property
    def keys(self) -> list[str]:
        return [row.exercise.key for row in self.exercises if row.exercise is not None]

    def those(self, only: Container[str]) -> list[Row]:
        return [row for row, key in zip(self.exercises, self.keys, strict=True) if key in only]


class Table:
    """Every line that packs can have, made once: which of them are shown changes with every key that is typed."""

    def __init__(self, packs: Iterable[Pack]) -> None:
        self._tracks = [
            (Row("track", track), track_key(track), [_Topic(track, topic) for topic in track.topics])
            for pack in packs
            for track in pack.tracks
        ]

    @cached_property
    def height(self) -> int:
        """How many lines there are where nothing is left out."""
        return len(self.rows())

    def rows(self, folded: Container[str] = (), only: Container[str] | None = None) -> list[Row]:
        """The lines to show, with a blank one before each track but the first.

        Args:
            folded: keys of the tracks and topics of which no more than the heading is shown.
            only: keys of the exercises to show, with the headings above them and nothing folded; None for all.
        """
        found: list[Row] = []
        for heading, key, topics in self._tracks:
            below = _narrowed(topics, only) if only is not None else _unfolded(topics, folded, key)
            if only is not None and not below:
                continue
            if found:
                found.append(Row("blank"))
            found.append(heading)
            found += below
        return found


def _narrowed(topics: Iterable[_Topic], only: Container[str]) -> list[Row]:
    found: list[Row] = []
    for topic in topics:
        exercises = topic.those(only)
        if exercises:
            found.append(topic.heading)
            found += exercises
    return found


def _unfolded(topics: Iterable[_Topic], folded: Container[str], track: str) -> list[Row]:
    found: list[Row] = []
    if track not in folded:
        for topic in topics:
            found.append(topic.heading)
            if topic.key not in folded:
                found += topic.exercises
    return found

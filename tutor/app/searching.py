"""Finding exercises by words, and by state, difficulty and minutes. Imported when somebody searches."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tutor.app.ports import State
    from tutor.catalog.model import Exercise, Pack

_HIRAGANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
"""Katakana, whose hiragana stands 0x60 before it."""


def folded(text: str) -> str:
    """``text`` as it is compared: without the differences of case, width (Ｐ and P, ｱ and ア) and kana."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", text).casefold().translate(_HIRAGANA)


class Index:
    """Every exercise of some packs under its titles in all languages, its id, and the titles of its topic."""

    def __init__(self, packs: Iterable[Pack]) -> None:
        self._entries = tuple(_entries(packs))

    def find(self, query: str) -> frozenset[str] | None:
        """The keys of the exercises that have every word of ``query``; None for a query without words: all have."""
        words = folded(query).split()
        if not words:
            return None
        found: Iterable[tuple[str, str]] = self._entries
        for word in words:
            found = [entry for entry in found if word in entry[1]]
        return frozenset(key for key, _text in found)


def _entries(packs: Iterable[Pack]) -> Iterator[tuple[str, str]]:
    for pack in packs:
        for track in pack.tracks:
            for topic in track.topics:
                about = folded("\n".join((topic.name, *topic.title.values())))
                for exercise in topic.exercises:
                    own = folded("\n".join((exercise.key, *exercise.title.values())))
                    # Lines, because a word has no line break in it: none is found across two of them.
                    yield exercise.key, f"{own}\n{about}"


class Filter(NamedTuple):
    """Which exercises are wanted; what is empty leaves all."""

    states: frozenset[State] = frozenset()
    difficulties: frozenset[int] = frozenset()
    minutes: int | None = None
    """At most."""

    @property
    def active(self) -> bool:
        return self != Filter()

    def accepts(self, exercise: Exercise, state: State) -> bool:
        return (
            (not self.states or state in self.states)
            and (not self.difficulties or exercise.difficulty in self.difficulties)
            and (self.minutes is None or exercise.minutes <= self.minutes)
        )


def narrowed(
    exercises: Iterable[Exercise], found: frozenset[str] | None, filter: Filter, state_of: Callable[[Exercise], State]
) -> frozenset[str] | None:
    """The keys of those that were found and are wanted; None where that is no narrowing at all."""
    if not filter.active:
        return found
    return frozenset(e.key for e in exercises if (found is None or e.key in found) and filter.accepts(e, state_of(e)))


def first_match(text: str, words: Iterable[str]) -> tuple[int, int] | None:
    """Where in ``text`` one of ``words``, which are folded, is first found; None where folding moves its letters."""
    plain = folded(text)
    if len(plain) != len(text):
        return None
    places = [(at, at + len(word)) for word in words if (at := plain.find(word)) >= 0]
    return min(places, default=None)

"""How far a learner is in the packs that there are: what ``tutor progress`` and the app's screen of progress show."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from tutor.workspace.history import History, Met, Tried

if TYPE_CHECKING:
    from tutor.catalog.model import Exercise, Pack, Topic
    from tutor.workspace.records import ExerciseState

HARD = 2
"""Attempts that went wrong before the first pass, from which an exercise counts as hard."""


class TopicProgress(NamedTuple):
    """How far the learner is in one topic."""

    topic: Topic
    passed: int
    attempts: int
    seconds: float
    minutes_left: int
    """What the packs say that the exercises still open take."""

    @property
    def total(self) -> int:
        return len(self.topic.exercises)


class Hard(NamedTuple):
    """An exercise that took many attempts."""

    exercise: Exercise
    tried: Tried


class Question(NamedTuple):
    """An entry of the FAQ that wrong answers brought up."""

    exercise: Exercise
    faq: str
    question: str
    times: int


class Overview(NamedTuple):
    """All of it."""

    topics: tuple[TopicProgress, ...]
    history: History
    hard: tuple[Hard, ...]
    """The hardest first."""
    exercises: Mapping[str, Exercise]
    """Those that there are, by key: a history may know others, of packs that are gone."""

    @property
    def passed(self) -> int:
        return sum(topic.passed for topic in self.topics)

    @property
    def total(self) -> int:
        return sum(topic.total for topic in self.topics)

    @property
    def minutes_left(self) -> int:
        return sum(topic.minutes_left for topic in self.topics)

    def questions(self, language: str, most: int) -> tuple[Question, ...]:
        """The entries of the FAQ met most. Reads the files of their exercises."""
        found: list[Question] = []
        for met in self.history.met:
            if len(found) == most:
                break
            question = self._question(met, language)
            if question is not None:
                found.append(question)
        return tuple(found)

    def _question(self, met: Met, language: str) -> Question | None:
        exercise = self.exercises.get(met.exercise)
        if exercise is None:
            return None
        try:
            words = next((entry.question for entry in exercise.faq(language) if entry.id == met.faq), None)
        except OSError:
            return None
        return None if words is None else Question(exercise, met.faq, words, met.times)


def overview(packs: Iterable[Pack], state_of: Callable[[Exercise], ExerciseState], history: History) -> Overview:
    """What ``history`` means for ``packs``."""
    topics = [topic for pack in packs for track in pack.tracks for topic in track.topics]
    exercises = {e.key: e for topic in topics for e in topic.exercises}
    return Overview(
        tuple(_topic(topic, state_of, history.exercises) for topic in topics),
        history,
        _hard(exercises.values(), history.exercises),
        exercises,
    )


def _topic(topic: Topic, state_of: Callable[[Exercise], ExerciseState], known: Mapping[str, Tried]) -> TopicProgress:
    tried = [known[e.key] for e in topic.exercises if e.key in known]
    open_ = [e for e in topic.exercises if state_of(e) != "passed"]
    return TopicProgress(
        topic,
        passed=len(topic.exercises) - len(open_),
        attempts=sum(t.attempts for t in tried),
        seconds=sum(t.seconds for t in tried),
        minutes_left=sum(e.minutes for e in open_),
    )


def _hard(exercises: Iterable[Exercise], known: Mapping[str, Tried]) -> tuple[Hard, ...]:
    found: Sequence[Hard] = [
        Hard(e, known[e.key]) for e in exercises if e.key in known and known[e.key].before_pass >= HARD
    ]
    return tuple(sorted(found, key=lambda hard: (-hard.tried.before_pass, -hard.tried.seconds)))

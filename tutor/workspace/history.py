"""What a learner has done, out of what the store records: openings, attempts, entries of the FAQ that came up.

Time spent is not recorded but worked out, so this is what it means: the sum of the pauses between one moment (an
opening or an attempt, of whatever exercise) and the next, as long as no pause is longer than ``LONGEST_PAUSE``. A
longer one counts nothing, because nobody knows who was there: so the figure is rather too small than too large, and
two tutors at once do not count twice. A pause belongs to the exercise of the moment it began with, and to the day on
which it ended.

Days are those of the learner's clock. A streak is a row of days with an attempt on each; it goes on as long as the
newest of them is today or yesterday, because today is not over yet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Literal, NamedTuple, cast

LONGEST_PAUSE = timedelta(minutes=20)
"""How long a learner is taken to be at work between two moments."""
RECENT = 30
"""How many of the newest moments are kept one by one."""

Kind = Literal["opened", "passed", "failed", "error"]


class Moment(NamedTuple):
    """Something that the learner did."""

    when: datetime
    """In the time of the learner's clock."""
    exercise: str
    """The exercise's key."""
    kind: Kind


class Tried(NamedTuple):
    """What was done about one exercise."""

    attempts: int = 0
    before_pass: int = 0
    """Attempts that did not pass before the first that did; all of them as long as none has."""
    first_pass: datetime | None = None
    last: datetime | None = None
    """The newest attempt."""
    seconds: float = 0.0


class Day(NamedTuple):
    """What was done on one day."""

    attempts: int = 0
    first_passes: int = 0
    """Exercises that were passed for the first time."""
    seconds: float = 0.0


class Met(NamedTuple):
    """An entry of the FAQ that wrong answers brought up."""

    exercise: str
    faq: str
    times: int


class Streak(NamedTuple):
    """Days in a row."""

    current: int
    longest: int


class History(NamedTuple):
    """All of it, by exercise and by day."""

    exercises: dict[str, Tried]
    """By the exercises' keys."""
    days: dict[date, Day]
    """Only those on which there was something, in order."""
    recent: tuple[Moment, ...]
    """The newest first; of several in a row at one exercise on one day that went the same way, the newest."""
    met: tuple[Met, ...]
    """The most frequent first."""

    @property
    def attempts(self) -> int:
        return sum(tried.attempts for tried in self.exercises.values())

    @property
    def seconds(self) -> float:
        return sum(tried.seconds for tried in self.exercises.values())

    def streak(self, today: date) -> Streak:
        return streak([day for day, done in self.days.items() if done.attempts], today)


def history(
    moments: Iterable[tuple[str, str, str]], met: Iterable[tuple[str, str, int]] = (), zone: tzinfo | None = None
) -> History:
    """What these add up to.

    Args:
        moments: time (ISO 8601, with its offset), exercise and kind of each, in the order of time.
        met: see ``Met``.
        zone: the learner's; None asks the system.
    """
    exercises: dict[str, _Sum] = defaultdict(_Sum)
    days: dict[date, _Sum] = defaultdict(_Sum)
    recent: list[Moment] = []
    before: tuple[datetime, str] | None = None
    for text, exercise, kind in moments:
        try:
            when = datetime.fromisoformat(text).astimezone(UTC)
            moment = Moment(when.astimezone(zone), exercise, cast(Kind, kind))
        except (ValueError, OverflowError):
            continue  # one row that somebody has meddled with must not hide all the others
        if before is not None:
            since, at = before
            seconds = pause(since, when)
            if seconds:
                exercises[at].seconds += seconds
                days[moment.when.date()].seconds += seconds
        before = when, exercise
        if kind != "opened":
            first = exercises[exercise].attempt(moment)
            day = days[moment.when.date()]
            day.attempts += 1
            day.first_passes += first
        while recent and _goes_on(recent[-1], moment):
            recent.pop()
        recent.append(moment)
        if len(recent) > 10 * RECENT:
            del recent[:-RECENT]
    return History(
        {key: Tried(s.attempts, s.before_pass, s.first_pass, s.last, s.seconds) for key, s in exercises.items()},
        {day: Day(s.attempts, s.first_passes, s.seconds) for day, s in days.items()},
        tuple(recent[: -RECENT - 1 : -1]),
        tuple(Met(*row) for row in met),
    )


class _Sum:
    """What adds up to a ``Tried`` or a ``Day``; they are too slow to be made anew for each of thousands of moments."""

    __slots__ = ("attempts", "before_pass", "first_pass", "first_passes", "last", "seconds")

    def __init__(self) -> None:
        self.attempts = self.before_pass = self.first_passes = 0
        self.first_pass: datetime | None = None
        self.last: datetime | None = None
        self.seconds = 0.0

    def attempt(self, moment: Moment) -> bool:
        """Count an attempt at an exercise; answer whether it is the first that passed."""
        self.attempts += 1
        self.last = moment.when
        if self.first_pass is not None:
            return False
        if moment.kind == "passed":
            self.first_pass = moment.when
            return True
        self.before_pass += 1
        return False


def _goes_on(before: Moment, after: Moment) -> bool:
    """Whether ``after`` says all there is to say of ``before``: the same again on the same day, or what was opened."""
    together = before.exercise == after.exercise and before.when.date() == after.when.date()
    return together and before.kind in (after.kind, "opened")


def pause(before: datetime, after: datetime) -> float:
    """The seconds from one moment to the next that count as work. Both in UTC: wall clocks are set forward and back."""
    gap = after - before
    return gap.total_seconds() if timedelta(0) < gap <= LONGEST_PAUSE else 0.0


def streak(days: Collection[date], today: date) -> Streak:
    """How many days in a row ``days`` hold, up to ``today`` or the day before, and at most."""
    one = timedelta(days=1)
    longest = length = 0
    before: date | None = None
    for day in sorted(set(days)):
        length = length + 1 if before is not None and day - before == one else 1
        longest = max(longest, length)
        before = day
    return Streak(length if before is not None and before >= today - one else 0, longest)


class Bin(NamedTuple):
    """What was done in some days in a row."""

    first: date
    """Its first day."""
    attempts: int
    first_passes: int
    seconds: float


def by_day(days: dict[date, Day], first: date, last: date, most: int) -> Sequence[Bin]:
    """The days from ``first`` to ``last``, in at most ``most`` bins of equally many days; the newest bin ends today."""
    count = max(1, (last - first).days + 1)
    size = -(-count // max(1, most))
    number = -(-count // size)
    start = last - timedelta(days=number * size - 1)
    bins = [Bin(start + timedelta(days=index * size), 0, 0, 0.0) for index in range(number)]
    for day, done in days.items():
        index = (day - start).days // size
        if 0 <= index < number:
            old = bins[index]
            bins[index] = Bin(
                old.first,
                old.attempts + done.attempts,
                old.first_passes + done.first_passes,
                old.seconds + done.seconds,
            )
    return bins

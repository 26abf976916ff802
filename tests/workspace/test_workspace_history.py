"""What the records add up to: time spent, days in a row, what was hard."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workspace_samples import EXERCISE, NOON, an_attempt

from tutor.catalog.model import Exercise, Pack, Topic, Track
from tutor.grading.report import RunVerdict
from tutor.workspace import Workspace, records
from tutor.workspace.history import LONGEST_PAUSE, RECENT, Day, Kind, by_day, history, pause, streak
from tutor.workspace.overview import overview

Row = tuple[str, str, str]


def rows(*happened: tuple[float, str, str]) -> list[Row]:
    """Minutes after noon, exercise, kind."""
    return [((NOON + timedelta(minutes=m)).isoformat(), exercise, kind) for m, exercise, kind in happened]


DAYS = st.lists(st.dates(date(2026, 1, 1), date(2026, 3, 31)), max_size=40)
MOMENTS = st.lists(
    st.tuples(
        st.floats(0, 3000),
        st.sampled_from(["a/one", "a/two", "b/three"]),
        st.sampled_from(get_args(Kind)),
    ),
    max_size=60,
).map(lambda found: rows(*sorted(found)))


class TestTimeSpent:
    def test_pauses_belong_to_what_they_began_with(self) -> None:
        found = history(rows((0, "a", "opened"), (7, "a", "failed"), (12, "b", "opened"), (15, "b", "passed")))
        assert found.exercises["a"].seconds == 12 * 60
        assert found.exercises["b"].seconds == 3 * 60
        assert found.seconds == 15 * 60

    def test_a_long_pause_counts_nothing(self) -> None:
        longest = LONGEST_PAUSE.total_seconds() / 60
        assert history(rows((0, "a", "opened"), (longest, "a", "failed"))).seconds == longest * 60
        assert history(rows((0, "a", "opened"), (longest + 0.1, "a", "failed"))).seconds == 0

    def test_a_clock_that_was_set_back_takes_nothing_away(self) -> None:
        assert pause(NOON, NOON - timedelta(minutes=3)) == 0

    def test_an_hour_that_comes_twice_is_no_time_spent(self) -> None:
        """At the end of summer time the wall clock goes from 2:59 to 2:00; the learner worked two minutes."""
        began = datetime(2026, 10, 25, 0, 59, tzinfo=UTC)
        moments = [(began + timedelta(minutes=m)).isoformat() for m in (0, 2)]
        found = history([(moments[0], "a", "opened"), (moments[1], "a", "failed")], zone=ZoneInfo("Europe/Berlin"))
        assert found.seconds == 120

    def test_days_are_those_of_the_learner(self) -> None:
        moments = rows((0, "a", "failed"))
        assert list(history(moments, zone=UTC).days) == [date(2026, 3, 1)]
        assert list(history(rows((4 * 60, "a", "failed")), zone=ZoneInfo("Asia/Tokyo")).days) == [date(2026, 3, 2)]

    @given(MOMENTS)
    def test_never_more_than_the_clock(self, moments: list[Row]) -> None:
        found = history(moments, zone=UTC)
        times = [datetime.fromisoformat(text) for text, *_ in moments]
        assert found.seconds <= (max(times) - min(times)).total_seconds() + 1e-6 if times else found.seconds == 0
        assert sum(day.seconds for day in found.days.values()) == pytest.approx(found.seconds)

    @given(MOMENTS, st.integers(0, 60))
    def test_one_moment_more_is_never_less_time(self, moments: list[Row], dropped: int) -> None:
        fewer = [row for number, row in enumerate(moments) if number != dropped]
        inner = 0 < dropped < len(moments) - 1
        if inner:
            assert history(fewer, zone=UTC).seconds <= history(moments, zone=UTC).seconds + 1e-6


class TestAttempts:
    def test_before_the_first_pass_and_after(self) -> None:
        found = history(
            rows(*((m, "a", kind) for m, kind in enumerate(("failed", "error", "passed", "failed")))), zone=UTC
        )
        tried = found.exercises["a"]
        assert (tried.attempts, tried.before_pass, tried.first_pass) == (4, 2, NOON + timedelta(minutes=2))
        assert tried.last == NOON + timedelta(minutes=3)
        assert found.days[date(2026, 3, 1)][:2] == (4, 1)

    def test_an_opening_is_no_attempt(self) -> None:
        found = history(rows((0, "a", "opened")))
        assert (found.attempts, found.exercises, found.days) == (0, {}, {})

    def test_recent_is_the_newest_first_and_does_not_repeat_itself(self) -> None:
        kinds = ("opened", "failed", "failed", "failed", "passed")
        found = history(rows(*((m, "a", kind) for m, kind in enumerate(kinds))), zone=UTC)
        assert [(moment.kind, moment.when.minute) for moment in found.recent] == [
            ("passed", 4),
            ("failed", 3),
        ]

    def test_recent_does_not_grow_without_end(self) -> None:
        found = history(rows(*((m, f"e{m}", "failed") for m in range(500))))
        assert [moment.exercise for moment in found.recent] == [f"e{m}" for m in range(499, 499 - RECENT, -1)]

    def test_a_row_that_makes_no_sense_hides_no_other(self) -> None:
        assert history([("yesterday", "a", "failed"), *rows((0, "a", "failed"))]).attempts == 1


class TestStreak:
    TODAY = date(2026, 3, 10)

    @pytest.mark.parametrize(
        ("before_today", "current", "longest"),
        [
            ([], 0, 0),
            ([0], 1, 1),
            ([1], 1, 1),  # today is not over yet
            ([2], 0, 1),
            ([0, 1, 2, 4, 5, 6, 7], 3, 4),
            ([1, 2], 2, 2),
            ([0, 0, 1], 2, 2),
        ],
    )
    def test_some(self, before_today: Sequence[int], current: int, longest: int) -> None:
        assert streak([self.TODAY - timedelta(days=n) for n in before_today], self.TODAY) == (current, longest)

    @given(DAYS)
    def test_the_longest_is_a_row_of_days_and_none_is_longer(self, days: list[date]) -> None:
        found = streak(days, self.TODAY)
        runs = [
            next(n for n in range(1, 200) if first + timedelta(days=n) not in days)
            for first in set(days)
            if first - timedelta(days=1) not in days
        ]
        assert found.longest == max(runs, default=0)
        assert 0 <= found.current <= found.longest

    @given(DAYS)
    def test_one_more_day_today_goes_on(self, days: list[date]) -> None:
        past = [day for day in days if day < self.TODAY]
        assert streak([*past, self.TODAY], self.TODAY).current == streak(past, self.TODAY).current + 1


class TestBins:
    @given(DAYS, st.integers(1, 80))
    def test_nothing_is_lost_and_the_newest_ends_today(self, days: list[date], most: int) -> None:
        done = {day: Day(attempts=1, first_passes=1, seconds=60) for day in days}
        first, last = date(2026, 1, 1), date(2026, 3, 31)
        bins = by_day(done, first, last, most)
        assert 1 <= len(bins) <= most
        assert sum(b.attempts for b in bins) == len(done) == sum(b.first_passes for b in bins)
        size = {(b.first - a.first).days for a, b in pairwise(bins)}
        assert len(size) <= 1
        assert bins[0].first <= first

    def test_four_weeks_are_days(self) -> None:
        last = date(2026, 3, 28)
        bins = by_day({last: Day(attempts=3)}, last - timedelta(days=27), last, 60)
        assert len(bins) == 28
        assert bins[-1] == (last, 3, 0, 0.0)

    def test_what_was_earlier_is_left_out(self) -> None:
        last = date(2026, 3, 28)
        bins = by_day({date(2025, 1, 1): Day(attempts=3)}, last - timedelta(days=27), last, 60)
        assert not any(b.attempts for b in bins)


class TestWorkspace:
    def test_what_happened_comes_back(self, workspace: Workspace) -> None:
        workspace.opened(EXERCISE)
        verdicts: tuple[RunVerdict, ...] = ("failed", "passed")
        for minute, verdict in enumerate(verdicts):
            workspace.record(an_attempt(verdict, minute=minute))
        for _time in range(2):
            workspace.met(EXERCISE, "mean-or-sum")
        found = Workspace.open(workspace.folder).history()
        assert workspace.last_exercise == EXERCISE
        assert found.exercises[EXERCISE].attempts == 2
        assert {moment.kind for moment in found.recent} == {"opened", "failed", "passed"}
        assert found.met == ((EXERCISE, "mean-or-sum", 2),)

    def test_a_file_of_the_first_tutor_keeps_what_it_has(self, tmp_path: Path) -> None:
        file = tmp_path / "work" / ".tutor" / "progress.db"
        file.parent.mkdir(parents=True)
        with sqlite3.connect(file) as connection:
            records.MIGRATIONS[0](connection)
            connection.execute("PRAGMA user_version = 1")
            records.add(an_attempt("failed"))(connection)
        connection.close()
        workspace = Workspace.open(tmp_path / "work")
        assert workspace.attempts(EXERCISE) == (an_attempt("failed"),)
        workspace.opened(EXERCISE)
        assert workspace.problem is None
        assert workspace.history().attempts == 1

    def test_thousands_of_attempts_are_read_from_an_index(self, workspace: Workspace) -> None:
        """No report is looked at: SQLite says that the index covers the question."""
        workspace.record(an_attempt("failed"))
        seen: list[str] = []
        with sqlite3.connect(workspace.folder / ".tutor" / "progress.db") as connection:
            connection.set_trace_callback(seen.append)
            records.moments(connection)
            connection.set_trace_callback(None)
            plan = " ".join(str(row) for row in connection.execute(f"EXPLAIN QUERY PLAN {seen[0]}"))
        connection.close()
        assert "COVERING INDEX attempts_by_time" in plan


def a_pack(exercises: Sequence[Exercise]) -> Pack:
    topic = Topic("core", "custom_loss", {"en": "Losses"}, {"en": ""}, tuple(exercises))
    return Pack("core", {"en": "Core"}, ("en",), (Track("core", "t", {"en": "T"}, (topic,)),), Path("nowhere"))


def test_an_overview(exercise: Exercise) -> None:
    moments = [(m, EXERCISE, kind) for m, kind in enumerate(("failed", "failed", "error", "passed"))]
    known = history(rows(*moments, (5, "gone/away", "failed")))
    found = overview([a_pack([exercise])], lambda e: "passed", known)
    (topic,) = found.topics
    assert (topic.passed, topic.total, topic.attempts, topic.minutes_left) == (1, 1, 4, 0)
    assert topic.seconds == known.exercises[EXERCISE].seconds
    assert [(hard.exercise.key, hard.tried.before_pass) for hard in found.hard] == [(EXERCISE, 3)]
    assert (found.passed, found.total, found.minutes_left) == (1, 1, 0)


def test_one_wrong_answer_makes_nothing_hard(exercise: Exercise) -> None:
    known = history(rows((0, EXERCISE, "failed"), (1, EXERCISE, "passed")))
    assert overview([a_pack([exercise])], lambda e: "passed", known).hard == ()


def test_questions_met_most(exercise: Exercise) -> None:
    exercise.folder.joinpath("faq.md").write_text("# Q\n\n## Mean or sum? {#mean-or-sum}\n\nThe mean.\n")
    met = [(EXERCISE, "mean-or-sum", 4), (EXERCISE, "no-such-entry", 3), ("gone/away", "x", 2)]
    found = overview([a_pack([exercise])], lambda e: "new", history((), met))
    assert [(q.question, q.times) for q in found.questions("en", 5)] == [("Mean or sum?", 4)]
    assert found.questions("en", 0) == ()

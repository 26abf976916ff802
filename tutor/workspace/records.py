"""What progress consists of, and how it lies in SQLite: attempts with their sources, events, hints shown, notes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from tutor.grading.report import Report

ExerciseState = Literal["new", "started", "failed", "passed"]
"""new: never opened; started: has a file, was never graded; passed: passed once, whatever came later."""

LAST_EXERCISE = "last_exercise"
"""The note that says where the learner was."""

AT_ONCE = timedelta(seconds=3)
"""The same source with the same verdict counts once within this time."""

Change = Callable[[sqlite3.Connection], None]
"""Something to be written. It may be run more than once (on a copy in memory, then on the file)."""


class Attempt(msgspec.Struct, frozen=True):
    """One graded submission."""

    exercise: str
    """The exercise's key."""
    source: bytes
    """The submission as it was graded."""
    report: Report
    when: datetime = msgspec.field(default_factory=lambda: datetime.now(UTC))


def _create(connection: sqlite3.Connection) -> None:
    for statement in (
        # A source is kept once, however often it is graded.
        "CREATE TABLE sources (sha256 TEXT PRIMARY KEY, source BLOB NOT NULL)",
        """CREATE TABLE attempts (
            id INTEGER PRIMARY KEY,
            exercise TEXT NOT NULL,
            time TEXT NOT NULL,             -- UTC, ISO 8601 with microseconds: sorts as text
            device TEXT NOT NULL,
            seed INTEGER NOT NULL,
            verdict TEXT NOT NULL,
            fault TEXT,                     -- the kind
            seconds REAL NOT NULL,
            report BLOB NOT NULL,           -- all of it, as MessagePack: JSON has no NaN, and curves of losses do
            source TEXT NOT NULL REFERENCES sources (sha256)
        )""",
        # With the verdict in it, states() reads the index alone and none of the reports.
        "CREATE INDEX attempts_by_exercise ON attempts (exercise, time, verdict)",
        "CREATE TABLE hints (exercise TEXT, faq TEXT, steps INTEGER NOT NULL, PRIMARY KEY (exercise, faq))",
        "CREATE TABLE notes (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
    ):
        connection.execute(statement)


def _add_events(connection: sqlite3.Connection) -> None:
    for statement in (
        """CREATE TABLE events (
            id INTEGER PRIMARY KEY,
            time TEXT NOT NULL,             -- as in attempts
            exercise TEXT NOT NULL,
            kind TEXT NOT NULL,             -- "opened", or "entry": a wrong answer brought up an entry of the FAQ
            detail TEXT NOT NULL            -- of an entry its id
        )""",
        # All that a history asks of an attempt: thousands of reports stay unread.
        "CREATE INDEX attempts_by_time ON attempts (time, exercise, verdict)",
    ):
        connection.execute(statement)


MIGRATIONS: tuple[Change, ...] = (_create, _add_events)
"""Number n leads from schema n to schema n + 1; all that a file lacks run in one transaction. Only ever append."""


def add(attempt: Attempt) -> Change:
    """The change that adds ``attempt``."""
    import hashlib

    report = attempt.report
    sha256 = hashlib.sha256(attempt.source).hexdigest()
    row = {
        "exercise": attempt.exercise,
        "time": _text(attempt.when),
        "device": report.device,
        "seed": report.seed,
        "verdict": report.verdict,
        "fault": report.fault.kind if report.fault else None,
        "seconds": report.seconds,
        "report": msgspec.msgpack.encode(report),
        "source": sha256,
        "before": _text(attempt.when - AT_ONCE),
        "after": _text(attempt.when + AT_ONCE),
    }

    def change(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT OR IGNORE INTO sources VALUES (?, ?)", (sha256, attempt.source))
        connection.execute(
            "INSERT INTO attempts (exercise, time, device, seed, verdict, fault, seconds, report, source) "
            "SELECT :exercise, :time, :device, :seed, :verdict, :fault, :seconds, :report, :source "
            # Two tutors that look at one file grade each save at once, and it is one attempt all the same.
            "WHERE NOT EXISTS (SELECT 1 FROM attempts WHERE exercise = :exercise AND source = :source "
            "AND device = :device AND seed = :seed AND verdict = :verdict AND time BETWEEN :before AND :after)",
            row,
        )

    return change


def opened(exercise: str, when: datetime | None = None) -> Change:
    """The change that says that ``exercise`` was opened, and that the learner is there now."""
    note_ = set_note(LAST_EXERCISE, exercise)
    event = _event(exercise, "opened", when)

    def change(connection: sqlite3.Connection) -> None:
        note_(connection)
        event(connection)

    return change


def met(exercise: str, faq: str, when: datetime | None = None) -> Change:
    """The change that says that a wrong answer brought up an entry of the FAQ."""
    return _event(exercise, "entry", when, faq)


def _event(exercise: str, kind: Literal["opened", "entry"], when: datetime | None, detail: str = "") -> Change:
    row = (_text(when or datetime.now(UTC)), exercise, kind, detail)

    def change(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO events (time, exercise, kind, detail) VALUES (?, ?, ?, ?)", row)

    return change


def moments(connection: sqlite3.Connection) -> list[tuple[str, str, str]]:
    """Time, exercise and what happened ("opened", or the verdict of an attempt), in the order of time."""
    return connection.execute(
        "SELECT time, exercise, verdict FROM attempts "
        "UNION ALL SELECT time, exercise, kind FROM events WHERE kind = 'opened' ORDER BY time"
    ).fetchall()


def entries_met(connection: sqlite3.Connection) -> list[tuple[str, str, int]]:
    """Exercise, id of an entry of its FAQ, and how many wrong answers brought it up; the most frequent first."""
    return connection.execute(
        "SELECT exercise, detail, count(*) FROM events WHERE kind = 'entry' "
        "GROUP BY exercise, detail ORDER BY count(*) DESC, max(time) DESC"
    ).fetchall()


def all_attempts(connection: sqlite3.Connection, exercise: str) -> tuple[Attempt, ...]:
    """The attempts at ``exercise``, oldest first."""
    return _attempts(connection, "WHERE exercise = ? ORDER BY time, id", exercise)


def last_attempt(connection: sqlite3.Connection, exercise: str) -> Attempt | None:
    # By arrival: the clock may have been set back since the one before.
    found = _attempts(connection, "WHERE exercise = ? ORDER BY id DESC LIMIT 1", exercise)
    return found[0] if found else None


def first_pass(connection: sqlite3.Connection, exercise: str) -> Attempt | None:
    found = _attempts(connection, "WHERE exercise = ? AND verdict = 'passed' ORDER BY time, id LIMIT 1", exercise)
    return found[0] if found else None


def best_verdicts(connection: sqlite3.Connection) -> dict[str, ExerciseState]:
    """ "passed" or "failed" for every exercise that was ever graded."""
    rows = connection.execute("SELECT exercise, max(verdict = 'passed') FROM attempts GROUP BY exercise")
    return {exercise: "passed" if passed else "failed" for exercise, passed in rows}


def show_hint(exercise: str, faq: str, steps: int) -> Change:
    def change(connection: sqlite3.Connection) -> None:
        # What was shown stays shown: of two tutors, the one that is further on wins.
        connection.execute(
            "INSERT INTO hints VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET steps = max(steps, excluded.steps)",
            (exercise, faq, steps),
        )

    return change


def clear_hints(exercise: str) -> Change:
    def change(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM hints WHERE exercise = ?", (exercise,))

    return change


def hints_shown(connection: sqlite3.Connection, exercise: str) -> dict[str, int]:
    return dict(connection.execute("SELECT faq, steps FROM hints WHERE exercise = ? ORDER BY faq", (exercise,)))


def set_note(key: str, value: str) -> Change:
    def change(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", (key, value))

    return change


def note(connection: sqlite3.Connection, key: str) -> str | None:
    row = connection.execute("SELECT value FROM notes WHERE key = ?", (key,)).fetchone()
    return None if row is None else str(row[0])


def _text(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="microseconds")


def _attempts(connection: sqlite3.Connection, which: str, exercise: str) -> tuple[Attempt, ...]:
    rows = connection.execute(
        f"SELECT exercise, time, report, sources.source FROM attempts JOIN sources ON sha256 = attempts.source {which}",
        (exercise,),
    )
    return tuple(attempt for row in rows if (attempt := _attempt(*row)) is not None)


def _attempt(exercise: str, time: str, report: bytes, source: bytes) -> Attempt | None:
    from tutor.grading.report import Report

    try:
        return Attempt(
            exercise, bytes(source), msgspec.msgpack.decode(report, type=Report), datetime.fromisoformat(time)
        )
    except (msgspec.DecodeError, ValueError):
        return None  # one row that somebody has meddled with must not hide all the others

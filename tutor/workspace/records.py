"""What progress consists of, and how it lies in SQLite: attempts with their sources, hints shown, a few notes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from tutor.grading.report import Report

ExerciseState = Literal["new", "started", "failed", "passed"]
"""new: never opened; started: has a file, was never graded; passed: passed once, whatever came later."""

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


MIGRATIONS: tuple[Change, ...] = (_create,)
"""Number n leads from schema n to schema n + 1; all that a file lacks run in one transaction. Only ever append."""


def add(attempt: Attempt) -> Change:
    """The change that adds ``attempt``."""
    import hashlib

    report = attempt.report
    sha256 = hashlib.sha256(attempt.source).hexdigest()
    row = {
        "exercise": attempt.exercise,
        "time": attempt.when.astimezone(UTC).isoformat(timespec="microseconds"),
        "device": report.device,
        "seed": report.seed,
        "verdict": report.verdict,
        "fault": report.fault.kind if report.fault else None,
        "seconds": report.seconds,
        "report": msgspec.msgpack.encode(report),
        "source": sha256,
    }

    def change(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT OR IGNORE INTO sources VALUES (?, ?)", (sha256, attempt.source))
        connection.execute(
            "INSERT INTO attempts (exercise, time, device, seed, verdict, fault, seconds, report, source) VALUES "
            "(:exercise, :time, :device, :seed, :verdict, :fault, :seconds, :report, :source)",
            row,
        )

    return change


def all_attempts(connection: sqlite3.Connection, exercise: str) -> tuple[Attempt, ...]:
    """The attempts at ``exercise``, oldest first."""
    return _attempts(connection, "WHERE exercise = ? ORDER BY time, id", exercise)


def last_attempt(connection: sqlite3.Connection, exercise: str) -> Attempt | None:
    found = _attempts(connection, "WHERE exercise = ? ORDER BY time DESC, id DESC LIMIT 1", exercise)
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

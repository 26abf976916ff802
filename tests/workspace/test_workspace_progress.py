"""Progress as it should be: recorded once, read back the same."""

from __future__ import annotations

import math
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from workspace_samples import EXERCISE, ROOT, an_attempt, an_exercise

from tutor.workspace import Workspace, records, store


def database(workspace: Workspace) -> sqlite3.Connection:
    return sqlite3.connect(workspace.folder / ".tutor" / "progress.db")


def test_a_fresh_workspace(workspace: Workspace) -> None:
    assert workspace.problem is None
    assert workspace.attempts(EXERCISE) == ()
    assert workspace.last_attempt(EXERCISE) is None
    assert workspace.first_pass(EXERCISE) is None
    assert workspace.states() == {}
    assert workspace.hints_shown(EXERCISE) == {}
    assert workspace.last_exercise is None


def test_attempts_come_back_as_they_were(workspace: Workspace) -> None:
    first = an_attempt("error", "x = '正則化'\n".encode())
    second = an_attempt("passed", minute=1)
    workspace.record(second)
    workspace.record(first)
    workspace.record(an_attempt(exercise="other/one"))
    again = Workspace.open(workspace.folder)
    assert again.attempts(EXERCISE) == (first, second)  # by time, not by arrival
    assert again.last_attempt(EXERCISE) == first  # by arrival: between the two, a clock was set back
    assert again.first_pass(EXERCISE) == second


def test_losses_that_are_not_numbers_survive(workspace: Workspace) -> None:
    workspace.record(an_attempt(curve=(1.5, math.nan, math.inf, -math.inf)))
    attempt = workspace.last_attempt(EXERCISE)
    assert attempt is not None
    values = attempt.report.curves[0].values
    assert math.isnan(values[1])
    assert values[::2] == (1.5, math.inf)
    assert values[3] == -math.inf


def test_the_columns_that_others_may_ask_for(workspace: Workspace) -> None:
    workspace.record(an_attempt("error"))
    with database(workspace) as connection:
        row = connection.execute(
            "SELECT exercise, time, device, seed, verdict, fault, seconds FROM attempts"
        ).fetchone()
    assert row == (EXERCISE, "2026-03-01T12:00:00.000000+00:00", "cpu", 7, "error", "syntax", 0.25)


def test_the_same_source_is_kept_once(workspace: Workspace) -> None:
    for minute in range(5):
        workspace.record(an_attempt(source=b"#" * 10_000, minute=minute))
    with database(workspace) as connection:
        assert connection.execute("SELECT count(*) FROM sources").fetchone() == (1,)
    assert len(workspace.attempts(EXERCISE)) == 5


def test_states(workspace: Workspace, tmp_path: Path) -> None:
    for name in ("opened", "tried", "done"):
        workspace.ensure(an_exercise(tmp_path / "pack", name=name))
    workspace.record(an_attempt("error", exercise="custom_loss/tried"))
    workspace.record(an_attempt("passed", exercise="custom_loss/done"))
    workspace.record(an_attempt("failed", exercise="custom_loss/done", minute=1))  # passed once stays passed
    workspace.record(an_attempt("failed", exercise="custom_loss/removed"))
    assert workspace.states() == {
        "custom_loss/opened": "started",
        "custom_loss/tried": "failed",
        "custom_loss/done": "passed",
        "custom_loss/removed": "failed",
    }


def test_first_pass_is_the_first(workspace: Workspace) -> None:
    for minute, verdict in enumerate(("failed", "passed", "failed", "passed")):
        workspace.record(an_attempt(verdict, minute=minute))  # type: ignore[arg-type]
    assert workspace.first_pass(EXERCISE) == an_attempt("passed", minute=1)


def test_hints(workspace: Workspace) -> None:
    workspace.show_hint(EXERCISE, "mean-or-sum", 1)
    workspace.show_hint(EXERCISE, "mean-or-sum", 3)
    workspace.show_hint(EXERCISE, "mean-or-sum", 2)  # what was shown stays shown
    workspace.show_hint(EXERCISE, "gradient", 1)
    workspace.show_hint("other/one", "gradient", 1)
    assert Workspace.open(workspace.folder).hints_shown(EXERCISE) == {"gradient": 1, "mean-or-sum": 3}
    workspace.clear_hints(EXERCISE)
    assert workspace.hints_shown(EXERCISE) == {}
    assert workspace.hints_shown("other/one") == {"gradient": 1}


def test_last_exercise(workspace: Workspace) -> None:
    workspace.last_exercise = "a/b"
    workspace.last_exercise = EXERCISE
    assert Workspace.open(workspace.folder).last_exercise == EXERCISE


def test_a_row_somebody_meddled_with_hides_no_other(workspace: Workspace) -> None:
    for minute in range(3):
        workspace.record(an_attempt(minute=minute))
    with database(workspace) as connection:
        connection.execute("UPDATE attempts SET report = x'00' WHERE id = 1")
        connection.execute("UPDATE attempts SET time = 'yesterday' WHERE id = 2")
    assert workspace.attempts(EXERCISE) == (an_attempt(minute=2),)


def test_many_threads_at_once(workspace: Workspace) -> None:
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for minute in range(4):
                workspace.record(an_attempt(source=b"%d" % minute, minute=number * 10 + minute))
                workspace.attempts(EXERCISE)
                workspace.show_hint(EXERCISE, "faq", minute)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert workspace.problem is None
    assert len(workspace.attempts(EXERCISE)) == 16
    assert workspace.hints_shown(EXERCISE) == {"faq": 3}


def test_an_older_file_is_migrated(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace.record(an_attempt())

    def add_column(connection: sqlite3.Connection) -> None:
        connection.execute("ALTER TABLE attempts ADD COLUMN mood TEXT DEFAULT 'calm'")

    monkeypatch.setattr(store, "MIGRATIONS", (*records.MIGRATIONS, add_column))
    newer = Workspace.open(workspace.folder)
    assert newer.problem is None
    assert newer.attempts(EXERCISE) == (an_attempt(),)
    with database(workspace) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (len(records.MIGRATIONS) + 1,)
        assert connection.execute("SELECT mood FROM attempts").fetchone() == ("calm",)


def test_a_migration_that_fails_changes_nothing(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace.record(an_attempt())
    before = (workspace.folder / ".tutor" / "progress.db").read_bytes()

    def fail_halfway(connection: sqlite3.Connection) -> None:
        connection.execute("DROP TABLE attempts")
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(store, "MIGRATIONS", (*records.MIGRATIONS, fail_halfway))
    with pytest.raises(sqlite3.OperationalError):  # on the copy in memory too: this one is the tutor's own mistake
        Workspace.open(workspace.folder).states()
    assert (workspace.folder / ".tutor" / "progress.db").read_bytes() == before


def test_the_screen_gets_neither_torch_nor_textual() -> None:
    heavy = "{'torch', 'textual', 'pytest', 'numpy'}"
    script = f"import sys, tutor.workspace; print(sorted({heavy} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"

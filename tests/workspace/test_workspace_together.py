"""Two tutors on one folder know of each other, and what could not be written is written when it can be."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from workspace_samples import EXERCISE, an_attempt

from tutor.workspace import Workspace, store
from tutor.workspace.presence import Presence


def test_the_second_sees_the_first_as_long_as_anybody_is_there(tmp_path: Path) -> None:
    file = tmp_path / "open"
    first, second, third, fourth = (Presence(file) for _ in range(4))
    assert not first.enter()
    assert second.enter()
    first.leave()
    assert third.enter()  # the second is still there
    second.leave()
    third.leave()
    assert not fourth.enter()


def test_a_tutor_that_was_killed_is_not_there(tmp_path: Path) -> None:
    workspace = Workspace.open(tmp_path)
    program = """
import sys
from pathlib import Path
from tutor.workspace import Workspace
workspace = Workspace.open(Path(sys.argv[1]))
workspace.enter()
print("entered", flush=True)
sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "entered\n"
        workspace.enter()
        assert workspace.shared
        other.kill()
        other.wait()
    later = Workspace.open(tmp_path)
    workspace._presence.leave()
    later.enter()
    assert not later.shared


def test_where_locks_cannot_be_had_nobody_is_seen(tmp_path: Path) -> None:
    presence = Presence(tmp_path / "no" / "such" / "folder")
    assert not presence.enter()
    presence.leave()


def test_what_another_tutor_writes_is_noticed_once_and_ones_own_is_not(tmp_path: Path) -> None:
    mine, other = Workspace.open(tmp_path), Workspace.open(tmp_path)
    assert not mine.look_around()
    mine.record(an_attempt())
    assert not mine.look_around()
    other.record(an_attempt("passed", minute=1))
    assert mine.look_around()
    assert not mine.look_around()
    other.last_exercise = "custom_loss/combined"
    mine.record(an_attempt(minute=2))  # writing oneself hides nothing
    assert mine.look_around()
    assert not mine.look_around()


def test_one_save_graded_by_two_tutors_is_one_attempt(tmp_path: Path) -> None:
    mine, other = Workspace.open(tmp_path), Workspace.open(tmp_path)
    mine.record(an_attempt())
    other.record(an_attempt())
    assert len(mine.attempts(EXERCISE)) == 1
    other.record(an_attempt("passed"))  # what came out is not the same
    other.record(an_attempt(source=b"y = 2\n"))
    other.record(an_attempt(minute=1))  # the learner graded it again
    assert len(mine.attempts(EXERCISE)) == 4


def test_what_waits_in_memory_is_written_without_another_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = Workspace.open(tmp_path)
    connect = store.connect

    def read_only(file: Path) -> object:
        connection = connect(file)
        connection.execute("PRAGMA query_only = ON")
        return connection

    monkeypatch.setattr(store, "connect", read_only)
    workspace.record(an_attempt())
    workspace.look_around()
    assert workspace.problem is not None
    assert workspace.unsaved_changes == 1
    assert Workspace.open(tmp_path).attempts(EXERCISE) == ()

    monkeypatch.setattr(store, "connect", connect)
    workspace.look_around()
    assert workspace.problem is None
    assert workspace.unsaved_changes == 0
    assert Workspace.open(tmp_path).attempts(EXERCISE) == (an_attempt(),)


def test_a_trouble_that_kept_nothing_from_being_written_goes_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Workspace.open(tmp_path)
    connect = store.connect

    def read_only(file: Path) -> object:
        connection = connect(file)
        connection.execute("PRAGMA query_only = ON")
        return connection

    monkeypatch.setattr(store, "connect", read_only)
    workspace = Workspace.open(tmp_path)
    assert workspace.problem is not None
    monkeypatch.setattr(store, "connect", connect)
    workspace.look_around()
    assert workspace.problem is None

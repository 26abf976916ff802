"""Saving from the built-in editor, and what was typed and not saved: nothing of either is ever lost."""

from __future__ import annotations

import errno
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from workspace_samples import STUB, finish, start

from tutor.catalog.model import Exercise
from tutor.workspace import Workspace, WorkspaceError, files


def test_what_is_written_is_in_the_file_and_nothing_else_changes(workspace: Workspace, exercise: Exercise) -> None:
    path = workspace.ensure(exercise)
    path.chmod(0o640)
    assert workspace.write(exercise, b"new\n", STUB) is None
    assert path.read_bytes() == b"new\n"
    assert path.stat().st_mode & 0o777 == 0o640
    assert [p.name for p in path.parent.iterdir()] == ["squared_error.py"]
    assert workspace.backups(exercise) == ()


def test_what_somebody_else_saved_meanwhile_is_kept(workspace: Workspace, exercise: Exercise) -> None:
    path = workspace.ensure(exercise)
    path.write_bytes(b"theirs")
    backup = workspace.write(exercise, b"mine", STUB)
    assert backup is not None
    assert backup.read_bytes() == b"theirs"
    assert workspace.backups(exercise) == (backup,)
    assert path.read_bytes() == b"mine"
    assert workspace.write(exercise, b"mine", b"not what is there") is None  # nothing would be lost


def test_a_file_that_is_gone_is_made_again(workspace: Workspace, exercise: Exercise) -> None:
    assert workspace.write(exercise, b"mine", STUB) is None
    assert workspace.read(exercise) == b"mine"


def test_a_link_stays_a_link(workspace: Workspace, exercise: Exercise, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere.py"
    target.write_bytes(b"old")
    path = workspace.path(exercise)
    path.parent.mkdir()
    path.symlink_to(target)
    workspace.write(exercise, b"new", b"old")
    assert path.is_symlink()
    assert target.read_bytes() == b"new"


def test_what_cannot_be_written_is_said_and_leaves_all_as_it_was(
    workspace: Workspace, exercise: Exercise, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workspace.ensure(exercise)
    with pytest.raises(WorkspaceError, match="larger than 1 MiB"):
        workspace.write(exercise, b"#" * (files.MOST_BYTES + 1), STUB)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(WorkspaceError, match=r"was not saved \(No space left on device\)"):
        workspace.write(exercise, b"new", STUB)
    with pytest.raises(WorkspaceError, match=r"No copy could be written .*No space left"):
        workspace.keep(exercise, b"new")
    with pytest.raises(WorkspaceError, match=r"No copy could be written .*No space left"):
        workspace.save_unsaved(exercise, b"new")
    assert path.read_bytes() == STUB
    assert [p.name for p in path.parent.iterdir()] == ["squared_error.py"]


def test_a_file_that_may_not_be_written_stays(
    workspace: Workspace, exercise: Exercise, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workspace.ensure(exercise)
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(WorkspaceError, match="Permission denied"):
        workspace.write(exercise, b"new", STUB)
    assert path.read_bytes() == STUB
    assert [p.name for p in path.parent.iterdir()] == ["squared_error.py"]


def test_a_folder_in_the_place_of_the_file_is_said(workspace: Workspace, exercise: Exercise) -> None:
    workspace.path(exercise).mkdir(parents=True)
    with pytest.raises(WorkspaceError, match="is a folder"):
        workspace.write(exercise, b"new", None)


def test_many_copies_in_one_second_overwrite_nothing(
    workspace: Workspace, exercise: Exercise, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_now", lambda: datetime(2026, 3, 1, 12, 0, 5, tzinfo=UTC))
    kept = [workspace.keep(exercise, b"%d" % n) for n in range(5)]
    assert [p.read_bytes() for p in kept] == [b"0", b"1", b"2", b"3", b"4"]
    assert workspace.backups(exercise) == tuple(kept)


# Unsaved


LEAVE = """
import sys
from pathlib import Path
from workspace_samples import an_exercise
from tutor.workspace import Workspace

workspace, exercise = Workspace.open(Path(sys.argv[1])), an_exercise(Path(sys.argv[2]))
workspace.save_unsaved(exercise, b"typed")
print("ready", flush=True)
sys.stdin.readline()
"""


def test_what_a_process_left_is_found_once_it_has_ended(
    workspace: Workspace, exercise: Exercise, tmp_path: Path
) -> None:
    workspace.ensure(exercise)
    process = start(LEAVE, workspace.folder, tmp_path / "pack")
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    assert workspace.unsaved(exercise) is None  # it lives, and has it on its screen
    process.kill()
    process.communicate()
    left = workspace.unsaved(exercise)
    assert left is not None
    assert left.content == b"typed"
    backup = workspace.settle_unsaved(exercise, left, keep=True)
    assert backup is not None
    assert backup.read_bytes() == b"typed"
    assert workspace.unsaved(exercise) is None
    assert list((workspace.folder / ".tutor" / "unsaved").glob("**/*.*")) == []


def test_what_is_in_the_file_by_now_is_not_offered(workspace: Workspace, exercise: Exercise, tmp_path: Path) -> None:
    finish(start(LEAVE, workspace.folder, tmp_path / "pack"), "go\n")
    workspace.ensure(exercise).write_bytes(b"typed")
    assert workspace.unsaved(exercise) is None
    workspace.path(exercise).write_bytes(b"other")
    assert workspace.unsaved(exercise) is None  # it was forgotten


def test_one_that_was_given_up_is_forgotten(workspace: Workspace, exercise: Exercise, tmp_path: Path) -> None:
    for _ in range(2):
        finish(start(LEAVE, workspace.folder, tmp_path / "pack"), "go\n")
    for _ in range(2):
        left = workspace.unsaved(exercise)
        assert left is not None
        assert workspace.settle_unsaved(exercise, left, keep=False) is None
    assert workspace.unsaved(exercise) is None
    assert workspace.backups(exercise) == ()


def test_ones_own_is_not_offered_and_leaves_nothing(workspace: Workspace, exercise: Exercise) -> None:
    workspace.ensure(exercise)
    workspace.save_unsaved(exercise, b"typed")
    workspace.save_unsaved(exercise, b"typed more")
    assert workspace.unsaved(exercise) is None
    assert Workspace.open(workspace.folder).unsaved(exercise) is None  # another one, while this one lives
    workspace.drop_unsaved(exercise)
    workspace.drop_unsaved(exercise)
    assert [p for p in (workspace.folder / ".tutor" / "unsaved").glob("**/*") if p.is_file()] == []

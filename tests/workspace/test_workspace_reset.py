"""Reset: the learner's file goes to a backup that nothing overwrites, or stays where it is."""

from __future__ import annotations

import errno
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from workspace_samples import STUB, an_exercise, finish, start_together

from tutor.catalog.model import Exercise
from tutor.workspace import Workspace, WorkspaceError, files


@pytest.fixture(autouse=True)
def one_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything happens in the same second."""
    monkeypatch.setattr(files, "_now", lambda: datetime(2026, 3, 1, 12, 0, 5, tzinfo=UTC))


def test_the_file_is_moved_and_the_stub_is_back(workspace: Workspace, exercise: Exercise) -> None:
    path = workspace.ensure(exercise)
    path.write_bytes(b"mine")
    backup = workspace.reset(exercise)
    assert backup == workspace.folder / ".tutor/backups/custom_loss/squared_error-20260301-120005.py"
    assert backup.read_bytes() == b"mine"
    assert path.read_bytes() == STUB
    assert [p.name for p in path.parent.iterdir()] == ["squared_error.py"]


def test_nothing_to_back_up(workspace: Workspace, exercise: Exercise) -> None:
    assert workspace.reset(exercise) is None
    assert workspace.read(exercise) == STUB
    assert workspace.backups(exercise) == ()


def test_many_in_one_second_overwrite_nothing(workspace: Workspace, exercise: Exercise, tmp_path: Path) -> None:
    other = an_exercise(tmp_path / "pack", name="squared_error-20260301")  # a name that looks like a backup's
    workspace.ensure(other)
    workspace.reset(other)
    for n in range(11):
        workspace.ensure(exercise).write_bytes(b"%d" % n)
        workspace.reset(exercise)
    backups = workspace.backups(exercise)
    assert [p.read_bytes() for p in backups] == [b"%d" % n for n in range(11)]
    assert [p.name for p in backups[:2]] == [
        "squared_error-20260301-120005.py",
        "squared_error-20260301-120005-2.py",
    ]


def test_a_linked_file_is_replaced_where_it_is(workspace: Workspace, exercise: Exercise, tmp_path: Path) -> None:
    path = workspace.path(exercise)
    path.parent.mkdir()
    target = tmp_path / "dotfiles.py"
    target.write_bytes(b"mine")
    path.symlink_to(target)
    backup = workspace.reset(exercise)
    assert backup is not None
    assert backup.read_bytes() == b"mine"
    assert not backup.is_symlink()
    assert path.is_symlink()
    assert target.read_bytes() == STUB


def test_a_file_too_large_to_read_can_be_reset(workspace: Workspace, exercise: Exercise) -> None:
    workspace.ensure(exercise).write_bytes(b"#" * (files.MOST_BYTES + 1))
    backup = workspace.reset(exercise)
    assert backup is not None
    assert backup.stat().st_size == files.MOST_BYTES + 1
    assert workspace.read(exercise) == STUB


def test_a_backup_on_another_disk_is_copied(
    workspace: Workspace, exercise: Exercise, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workspace.ensure(exercise)
    path.write_bytes(b"mine")

    def another_disk(self: Path, target: Path) -> Path:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    monkeypatch.setattr(Path, "replace", another_disk)
    backup = workspace.reset(exercise)
    assert backup is not None
    assert backup.read_bytes() == b"mine"
    assert path.read_bytes() == STUB


def test_no_place_for_the_backup(workspace: Workspace, exercise: Exercise) -> None:
    path = workspace.ensure(exercise)
    path.write_bytes(b"mine")
    (workspace.folder / ".tutor" / "backups").write_text("a file where a folder should be")
    with pytest.raises(WorkspaceError, match=r"squared_error\.py was not reset, because no backup of it could be made"):
        workspace.reset(exercise)
    assert path.read_bytes() == b"mine"
    assert [p.name for p in path.parent.iterdir()] == ["squared_error.py"]


@pytest.mark.parametrize("copying", [False, True])
def test_a_backup_that_fails_leaves_the_file(
    workspace: Workspace, exercise: Exercise, monkeypatch: pytest.MonkeyPatch, copying: bool
) -> None:
    path = workspace.ensure(exercise)
    path.write_bytes(b"mine")

    def refuse(self: Path, target: Path) -> Path:
        raise OSError(errno.EXDEV if copying else errno.EIO, "refused")

    def full(source: Path, target: Path) -> None:
        target.write_bytes(source.read_bytes()[:2])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "replace", refuse)
    monkeypatch.setattr("shutil.copy2", full)
    with pytest.raises(WorkspaceError, match=r"No space left" if copying else r"refused"):
        workspace.reset(exercise)
    assert path.read_bytes() == b"mine"
    assert workspace.backups(exercise) == ()
    assert [p.name for p in path.parent.iterdir()] == ["squared_error.py"]


def test_a_disk_without_room_for_the_stub_leaves_the_file(
    workspace: Workspace, exercise: Exercise, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workspace.ensure(exercise)
    path.write_bytes(b"mine")

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(WorkspaceError, match=r"was not reset"):
        workspace.reset(exercise)
    assert path.read_bytes() == b"mine"
    assert workspace.backups(exercise) == ()


def test_a_stub_that_cannot_be_put_back_says_where_the_file_is(
    workspace: Workspace, exercise: Exercise, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.ensure(exercise).write_bytes(b"mine")

    def refuse(hidden: Path, path: Path) -> bool:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(files, "name_new", refuse)
    with pytest.raises(WorkspaceError, match=r"Your file is safe as .*-20260301-120005\.py"):
        workspace.reset(exercise)
    assert workspace.backups(exercise)[0].read_bytes() == b"mine"


def test_a_save_in_the_midst_of_a_reset_stays(
    workspace: Workspace, exercise: Exercise, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workspace.ensure(exercise)
    path.write_bytes(b"first")

    def move_and_be_overtaken(file: Path, folder: Path, stem: str, suffix: str) -> Path:
        place = move_aside(file, folder, stem, suffix)
        path.write_bytes(b"second")
        return place

    move_aside = files.move_aside
    monkeypatch.setattr(files, "move_aside", move_and_be_overtaken)
    backup = workspace.reset(exercise)
    assert backup is not None
    assert backup.read_bytes() == b"first"
    assert path.read_bytes() == b"second"


RESETTER = """
import sys
from pathlib import Path
from workspace_samples import an_exercise
from tutor.workspace import Workspace
workspace = Workspace.open(Path(sys.argv[1]) / "work")
exercise = an_exercise(Path(sys.argv[1]) / "pack")
print("ready", flush=True)
sys.stdin.readline()
print(sum(workspace.reset(exercise) is not None for _ in range(20)))
"""


def test_two_tutors_reset_at_once(workspace: Workspace, exercise: Exercise, tmp_path: Path) -> None:
    workspace.ensure(exercise).write_bytes(b"mine")
    made = sum(int(finish(tutor)) for tutor in start_together(RESETTER, [[tmp_path]] * 2))
    backups = workspace.backups(exercise)
    assert made == len(backups) >= 20
    assert sorted({p.read_bytes() for p in backups}) == sorted({b"mine", STUB})
    assert sum(p.read_bytes() == b"mine" for p in backups) == 1
    assert workspace.read(exercise) == STUB

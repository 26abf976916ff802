"""The learner's files: made from the stub, never overwritten, read whatever they have become."""

from __future__ import annotations

import errno
import os
import socket
from pathlib import Path

import pytest
from workspace_samples import STUB, an_exercise, finish, start, start_together

from tutor.catalog.model import Exercise
from tutor.workspace import Workspace, WorkspaceError, files


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def test_a_file_is_made_from_the_stub(workspace: Workspace, exercise: Exercise) -> None:
    path = workspace.ensure(exercise)
    assert path == workspace.folder / "custom_loss" / "squared_error.py" == workspace.path(exercise)
    assert path.read_bytes() == STUB
    assert names(path.parent) == ["squared_error.py"]


def test_the_umask_decides_who_may_read_it(workspace: Workspace, exercise: Exercise) -> None:
    old = os.umask(0o027)
    try:
        path = workspace.ensure(exercise)
    finally:
        os.umask(old)
    assert path.stat().st_mode & 0o777 == 0o640


def test_what_is_there_is_never_overwritten(workspace: Workspace, exercise: Exercise) -> None:
    path = workspace.ensure(exercise)
    path.write_bytes(b"mine")
    assert workspace.ensure(exercise) == path
    assert workspace.read(exercise) == b"mine"


def test_a_file_that_appears_meanwhile_is_kept(
    workspace: Workspace, exercise: Exercise, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workspace.path(exercise)

    def write_and_be_overtaken(place: Path, content: bytes) -> Path:
        hidden = write_beside(place, content)
        path.write_bytes(b"mine")
        return hidden

    write_beside = files.write_beside
    monkeypatch.setattr(files, "write_beside", write_and_be_overtaken)
    workspace.ensure(exercise)
    assert path.read_bytes() == b"mine"
    assert names(path.parent) == ["squared_error.py"]


@pytest.mark.parametrize("overtaken", [False, True])
def test_without_hard_links(
    workspace: Workspace, exercise: Exercise, monkeypatch: pytest.MonkeyPatch, overtaken: bool
) -> None:
    path = workspace.path(exercise)

    def no_link(source: Path, place: Path) -> None:
        if overtaken:
            path.write_bytes(b"mine")
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", no_link)
    workspace.ensure(exercise)
    assert path.read_bytes() == (b"mine" if overtaken else STUB)
    assert names(path.parent) == ["squared_error.py"]


def test_a_disk_that_fills_up_leaves_no_half_file(
    workspace: Workspace, exercise: Exercise, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(WorkspaceError, match=r"squared_error\.py cannot be made \(No space left on device\)"):
        workspace.ensure(exercise)
    assert names(workspace.path(exercise).parent) == []


# A limit on the size of files stops the write in the middle of the stub, as a full disk does.
LIMITED = """
import resource, sys
from pathlib import Path
from workspace_samples import an_exercise
from tutor.workspace import Workspace, WorkspaceError
exercise = an_exercise(Path(sys.argv[1]) / "pack")
exercise.stub.write_bytes(b"#" * 100_000)
workspace = Workspace.open(Path(sys.argv[1]) / "work")
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, resource.RLIM_INFINITY))
try:
    workspace.ensure(exercise)
except WorkspaceError as error:
    print(error)
print([p.name for p in workspace.path(exercise).parent.iterdir()])
"""


def test_a_real_limit_on_writing_leaves_no_half_file(tmp_path: Path) -> None:
    sentence, left = finish(start(LIMITED, tmp_path)).splitlines()
    assert "cannot be made (File too large)" in sentence
    assert left == "[]"


RACE = """
import sys
from pathlib import Path
from workspace_samples import an_exercise
from tutor.workspace import Workspace
workspace = Workspace.open(Path(sys.argv[1]) / "work")
exercises = [an_exercise(Path(sys.argv[1]) / "pack", name=f"exercise_{n}") for n in range(40)]
print("ready", flush=True)
sys.stdin.readline()
for exercise in exercises:
    workspace.ensure(exercise)
    assert workspace.read(exercise) == exercise.stub.read_bytes(), exercise.id
"""


def test_two_tutors_open_the_same_exercises_at_once(tmp_path: Path) -> None:
    for n in range(40):
        an_exercise(tmp_path / "pack", name=f"exercise_{n}")
    for tutor in start_together(RACE, [[tmp_path]] * 2):
        finish(tutor)
    assert names(tmp_path / "work" / "custom_loss") == sorted(f"exercise_{n}.py" for n in range(40))


def test_gone(workspace: Workspace, exercise: Exercise) -> None:
    with pytest.raises(WorkspaceError, match=r"squared_error\.py is gone\. Put it back, or open the exercise again"):
        workspace.read(exercise)


def test_a_folder_in_its_place(workspace: Workspace, exercise: Exercise) -> None:
    workspace.path(exercise).mkdir(parents=True)
    assert workspace.ensure(exercise).is_dir()
    for use in (workspace.read, workspace.reset):
        with pytest.raises(WorkspaceError, match=r"squared_error\.py is a folder"):
            use(exercise)


def test_a_pipe_in_its_place_does_not_block(workspace: Workspace, exercise: Exercise) -> None:
    path = workspace.path(exercise)
    path.parent.mkdir()
    os.mkfifo(path)
    for use in (workspace.read, workspace.reset):
        with pytest.raises(WorkspaceError, match=r"squared_error\.py is a pipe or a device"):
            use(exercise)


def test_a_device_in_its_place(workspace: Workspace, exercise: Exercise) -> None:
    path = workspace.path(exercise)
    path.parent.mkdir()
    path.symlink_to("/dev/zero")
    for use in (workspace.read, workspace.reset):
        with pytest.raises(WorkspaceError, match=r"squared_error\.py is a pipe or a device"):
            use(exercise)


def test_a_socket_in_its_place(workspace: Workspace, exercise: Exercise, monkeypatch: pytest.MonkeyPatch) -> None:
    path = workspace.path(exercise)
    path.parent.mkdir()
    monkeypatch.chdir(path.parent)  # the whole path may be too long for a socket's name
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path.name)
        for use in (workspace.read, workspace.reset):
            with pytest.raises(WorkspaceError, match=r"squared_error\.py is a pipe or a device"):
                use(exercise)


@pytest.mark.parametrize("target", ["nowhere.py", "squared_error.py"])
def test_a_link_that_leads_nowhere(workspace: Workspace, exercise: Exercise, target: str) -> None:
    path = workspace.path(exercise)
    path.parent.mkdir()
    path.symlink_to(target)
    assert workspace.ensure(exercise) == path
    assert path.is_symlink()
    for use in (workspace.read, workspace.reset):
        with pytest.raises(WorkspaceError, match=r"squared_error\.py is a link that leads nowhere"):
            use(exercise)


def test_a_link_to_a_file_is_read(workspace: Workspace, exercise: Exercise, tmp_path: Path) -> None:
    path = workspace.path(exercise)
    path.parent.mkdir()
    (tmp_path / "dotfiles.py").write_bytes(b"mine")
    path.symlink_to(tmp_path / "dotfiles.py")
    assert workspace.ensure(exercise) == path
    assert workspace.read(exercise) == b"mine"


def test_unreadable(workspace: Workspace, exercise: Exercise, monkeypatch: pytest.MonkeyPatch) -> None:
    path = workspace.ensure(exercise)
    system_open = os.open

    def refuse(file: Path, flags: int, mode: int = 0o777) -> int:
        if file == path:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(file))
        return system_open(file, flags, mode)

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(WorkspaceError, match=r"squared_error\.py cannot be read \(Permission denied\)"):
        workspace.read(exercise)


def test_one_mebibyte_is_read_and_not_a_byte_more(workspace: Workspace, exercise: Exercise) -> None:
    path = workspace.ensure(exercise)
    path.write_bytes(b"#" * files.MOST_BYTES)
    assert len(workspace.read(exercise)) == 1024 * 1024
    with path.open("ab") as file:
        file.write(b"#")
    with pytest.raises(WorkspaceError, match=r"larger than 1 MiB"):
        workspace.read(exercise)


def test_a_file_without_end_is_not_read_to_its_end(workspace: Workspace, exercise: Exercise) -> None:
    path = workspace.ensure(exercise)
    os.truncate(path, 1 << 40)  # a hole: no space on the disk
    with pytest.raises(WorkspaceError, match=r"larger than 1 MiB"):
        workspace.read(exercise)


def test_a_file_where_the_topic_should_be(workspace: Workspace, exercise: Exercise) -> None:
    workspace.path(exercise).parent.write_text("mine")
    with pytest.raises(WorkspaceError, match=r"squared_error\.py cannot be made"):
        workspace.ensure(exercise)
    with pytest.raises(WorkspaceError, match=r"squared_error\.py cannot be read \(Not a directory\)"):
        workspace.read(exercise)


def test_a_pack_without_its_stub(workspace: Workspace, exercise: Exercise) -> None:
    exercise.stub.unlink()
    with pytest.raises(WorkspaceError, match=r"stub\.py cannot be read"):
        workspace.ensure(exercise)
    path = workspace.path(exercise)
    path.write_bytes(b"mine")
    with pytest.raises(WorkspaceError, match=r"stub\.py cannot be read"):
        workspace.reset(exercise)
    assert path.read_bytes() == b"mine"


def test_the_folder_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Workspace.open(Path("a/b")).folder == tmp_path / "a" / "b"
    assert Workspace.open(Path("~/c")).folder == tmp_path / "c"
    assert (tmp_path / "c" / ".tutor" / "progress.db").is_file()


def test_a_file_cannot_be_the_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(WorkspaceError, match=r"cannot be the folder of your work .* Choose another one\."):
            Workspace.open(folder)

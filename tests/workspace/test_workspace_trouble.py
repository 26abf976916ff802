"""Progress on a disk that is full, read-only, locked, damaged or newer: said in a sentence, and nothing lost."""

from __future__ import annotations

import os
import re
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from workspace_samples import EXERCISE, STUB, an_attempt, finish, start

from tutor import locale
from tutor.catalog.model import Exercise
from tutor.grading.report import Report
from tutor.workspace import Attempt, Workspace, WorkspaceError, store

Handicap = Callable[[str], None]


@pytest.fixture
def handicap(monkeypatch: pytest.MonkeyPatch) -> Handicap:
    """Gives every connection to the file a pragma that makes SQLite itself refuse, or takes it back (an empty one)."""
    connect = store.connect
    pragma = ""

    def connect_handicapped(file: Path) -> sqlite3.Connection:
        connection = connect(file)
        connection.execute(pragma).fetchall()
        return connection

    def choose(statement: str) -> None:
        nonlocal pragma
        pragma = statement

    monkeypatch.setattr(store, "connect", connect_handicapped)
    monkeypatch.setattr(store, "BUSY_SECONDS", 0.0)
    return choose


def progress(workspace: Workspace) -> Path:
    return workspace.folder / ".tutor" / "progress.db"


def use_everything(workspace: Workspace) -> None:
    """What a session does; ``seen`` holds afterwards, and in every later tutor once it could be saved."""
    workspace.record(an_attempt("failed"))
    workspace.record(an_attempt("passed", minute=1))
    workspace.show_hint(EXERCISE, "old", 1)
    workspace.clear_hints(EXERCISE)
    workspace.show_hint(EXERCISE, "mean-or-sum", 2)
    workspace.last_exercise = EXERCISE


def check_everything(workspace: Workspace) -> None:
    assert workspace.attempts(EXERCISE) == (an_attempt("failed"), an_attempt("passed", minute=1))
    assert workspace.last_attempt(EXERCISE) == workspace.first_pass(EXERCISE) == an_attempt("passed", minute=1)
    assert workspace.hints_shown(EXERCISE) == {"mean-or-sum": 2}
    assert workspace.last_exercise == EXERCISE
    assert workspace.states()[EXERCISE] == "passed"


@pytest.mark.parametrize(
    ("pragma", "sentence"),
    [
        ("PRAGMA max_page_count = 1", r"The disk is full: .*progress\.db cannot grow"),
        ("PRAGMA query_only = ON", r"progress\.db cannot be written, so your progress is in memory only"),
    ],
)
def test_full_or_read_only(workspace: Workspace, handicap: Handicap, pragma: str, sentence: str) -> None:
    workspace.record(an_attempt(exercise="earlier/one"))
    handicap(pragma)
    # A statement of more than a page, so that a full file must grow.
    workspace.record(an_attempt(exercise="earlier/one", source=os.urandom(50_000), minute=1))
    use_everything(workspace)
    assert workspace.problem is not None
    assert re.search(sentence, workspace.problem)
    check_everything(workspace)
    assert len(workspace.attempts("earlier/one")) == 2  # what was saved before is still seen
    assert Workspace.open(workspace.folder).attempts(EXERCISE) == ()  # and nothing has been saved since

    handicap("")
    workspace.record(an_attempt(exercise="later/one"))
    assert workspace.problem is None
    for tutor in (workspace, Workspace.open(workspace.folder)):
        check_everything(tutor)
        assert len(tutor.attempts("earlier/one")) == 2
        assert len(tutor.attempts("later/one")) == 1


def test_read_only_is_said_on_opening(workspace: Workspace, handicap: Handicap) -> None:
    use_everything(workspace)
    handicap("PRAGMA query_only = ON")
    again = Workspace.open(workspace.folder)
    assert again.problem is not None
    check_everything(again)


LIMITED = """
import resource, sys
from pathlib import Path
from workspace_samples import EXERCISE, an_attempt
from tutor.workspace import Workspace
workspace = Workspace.open(Path(sys.argv[1]))
workspace.record(an_attempt())
size = (workspace.folder / ".tutor" / "progress.db").stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
workspace.record(an_attempt(source=b"#" * 100_000, minute=1))
print(workspace.problem)
print(len(workspace.attempts(EXERCISE)), len(Workspace.open(workspace.folder).attempts(EXERCISE)))
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
workspace.record(an_attempt(minute=2))
print(workspace.problem)
print(len(Workspace.open(workspace.folder).attempts(EXERCISE)))
"""


def test_a_real_limit_on_writing(tmp_path: Path) -> None:
    problem, seen, after, saved = finish(start(LIMITED, tmp_path / "work")).splitlines()
    assert "progress.db cannot be used (disk I/O error), so your progress is in memory only" in problem
    assert (seen, after, saved) == ("2 1", "None", "3")


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder that another user may enter (those of pytest are for their owner alone)."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


READ_ONLY = """
import os, sys
from pathlib import Path
from workspace_samples import EXERCISE, STUB, an_attempt, an_exercise
from tutor.workspace import Workspace, WorkspaceError
folder = Path(sys.argv[1])
first, second = (an_exercise(folder / "pack", name=name) for name in ("first", "second"))
workspace = Workspace.open(folder / "work")
workspace.ensure(first)
workspace.record(an_attempt())
for path in sorted((folder / "work").rglob("*"), reverse=True):
    path.chmod(0o555 if path.is_dir() else int(sys.argv[2], 8))
(folder / "work").chmod(0o555)
is_root = os.geteuid() == 0
if is_root:
    try:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
    except OSError:
        sys.exit("nobody else to be")
try:
    workspace = Workspace.open(folder / "work")
    assert "progress.db cannot be written" in workspace.problem, workspace.problem
    assert workspace.read(first) == STUB
    assert workspace.ensure(first).is_file()
    assert workspace.attempts(EXERCISE) == (an_attempt(),)
    workspace.record(an_attempt("passed", minute=1))
    assert len(workspace.attempts(EXERCISE)) == 2
    assert workspace.states() == {"custom_loss/first": "started", EXERCISE: "passed"}
    for use in (lambda: workspace.ensure(second), lambda: workspace.reset(first)):
        try:
            use()
        except WorkspaceError as error:
            print(error)
    assert workspace.read(first) == STUB
finally:
    if not is_root:  # the folder's owner cannot remove it as it is
        for path in (folder / "work", *(folder / "work").rglob("*")):
            path.chmod(0o755)
"""


@pytest.mark.parametrize("mode_of_the_file", ["444", "666"])
def test_a_folder_that_is_really_read_only(public_folder: Path, mode_of_the_file: str) -> None:
    process = start(READ_ONLY, public_folder, mode_of_the_file)
    out, err = process.communicate(timeout=60)
    if err == "nobody else to be\n":
        pytest.skip("root may write everywhere, and here it cannot become another user")
    assert process.returncode == 0, err
    made, reset = out.splitlines()
    assert "second.py cannot be made (Permission denied)" in made
    assert "first.py was not reset" in reset


def test_no_place_for_progress(tmp_path: Path, exercise: Exercise) -> None:
    work = tmp_path / "work"
    work.mkdir()
    (work / ".tutor").write_text("a file where a folder should be")
    workspace = Workspace.open(work)
    assert workspace.problem is not None
    assert "progress.db cannot be used (Not a directory)" in workspace.problem
    assert workspace.ensure(exercise).read_bytes() == STUB
    use_everything(workspace)
    check_everything(workspace)
    (work / ".tutor").unlink()
    workspace.record(an_attempt(exercise="later/one"))
    assert workspace.problem is None
    check_everything(Workspace.open(work))


def test_a_folder_where_the_file_should_be(tmp_path: Path) -> None:
    (tmp_path / ".tutor" / "progress.db").mkdir(parents=True)
    workspace = Workspace.open(tmp_path)
    use_everything(workspace)
    check_everything(workspace)
    assert workspace.problem is not None


def test_progress_that_is_deleted_under_a_running_tutor(workspace: Workspace) -> None:
    workspace.record(an_attempt(exercise="earlier/one"))
    progress(workspace).unlink()
    progress(workspace).parent.rmdir()
    use_everything(workspace)
    assert workspace.problem is None
    check_everything(Workspace.open(workspace.folder))


@pytest.mark.parametrize("lock", ["IMMEDIATE", "EXCLUSIVE"])
def test_locked_by_another_program(workspace: Workspace, handicap: Handicap, lock: str) -> None:
    workspace.record(an_attempt(exercise="earlier/one"))
    other = sqlite3.connect(progress(workspace), isolation_level=None)
    other.execute(f"BEGIN {lock}")
    use_everything(workspace)
    assert workspace.problem is not None
    assert "Another program holds" in workspace.problem
    check_everything(workspace)
    assert len(workspace.attempts("earlier/one")) == (1 if lock == "IMMEDIATE" else 0)
    assert Workspace.open(workspace.folder).attempts(EXERCISE) == ()  # may not even be readable: no error
    other.execute("ROLLBACK")
    other.close()
    workspace.record(an_attempt(exercise="later/one"))
    assert workspace.problem is None
    check_everything(Workspace.open(workspace.folder))
    assert len(workspace.attempts("earlier/one")) == 1


def test_a_file_of_a_newer_tutor_is_left_alone(workspace: Workspace) -> None:
    workspace.record(an_attempt(exercise="earlier/one"))
    with sqlite3.connect(progress(workspace)) as connection:
        connection.execute("PRAGMA user_version = 99")
    before = progress(workspace).read_bytes()
    newer = Workspace.open(workspace.folder)
    assert newer.problem is not None
    assert "was written by a newer tutor and is left alone" in newer.problem
    use_everything(newer)
    check_everything(newer)
    assert progress(workspace).read_bytes() == before
    assert [p.name for p in progress(workspace).parent.iterdir()] == ["progress.db"]


def damaged(workspace: Workspace) -> list[Path]:
    return sorted(progress(workspace).parent.glob("progress.db.damaged-*"))


def test_a_file_that_is_no_database(workspace: Workspace) -> None:
    use_everything(workspace)
    progress(workspace).write_bytes(b"not a database, but what a crash has left" * 100)
    fresh = Workspace.open(workspace.folder)
    (aside,) = damaged(workspace)
    assert fresh.problem is not None
    assert f"was damaged. It is kept as {aside}" in fresh.problem
    assert aside.read_bytes().startswith(b"not a database")
    use_everything(fresh)
    check_everything(Workspace.open(workspace.folder))
    assert fresh.problem is not None  # said until this tutor ends: a learner may not have looked yet


def test_a_file_cut_short_while_the_tutor_runs(workspace: Workspace) -> None:
    for minute in range(20):
        workspace.record(an_attempt(source=os.urandom(20_000), minute=minute))
    os.truncate(progress(workspace), 100_000)
    journal = progress(workspace).with_name("progress.db-journal")
    journal.write_bytes(b"what must not be played back")
    use_everything(workspace)
    assert workspace.problem is not None
    assert len(damaged(workspace)) == 1
    check_everything(workspace)
    check_everything(Workspace.open(workspace.folder))
    assert [p.read_bytes() for p in progress(workspace).parent.glob("progress.db-journal.damaged-*")] in (
        [],
        [b"what must not be played back"],
    )


def test_a_damaged_file_that_cannot_be_moved(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    progress(workspace).write_bytes(b"not a database" * 100)

    def refuse(*arguments: object) -> Path:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(store, "move_aside", refuse)
    tutor = Workspace.open(workspace.folder)
    use_everything(tutor)
    check_everything(tutor)
    assert tutor.problem is not None
    assert progress(workspace).read_bytes() == b"not a database" * 100


def test_a_change_wrong_in_itself_raises_and_does_not_wait(workspace: Workspace, handicap: Handicap) -> None:
    too_large = Attempt(EXERCISE, b"", Report(EXERCISE, "cpu", 1 << 63, "failed", None, 0.0, ()))
    with pytest.raises(OverflowError):
        workspace.record(too_large)
    progress(workspace).unlink()
    progress(workspace).mkdir()
    with pytest.raises(OverflowError):
        workspace.record(too_large)
    use_everything(workspace)
    check_everything(workspace)


def test_the_sentence_is_in_the_learners_language(
    workspace: Workspace, handicap: Handicap, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Shouting:
        def gettext(self, message: str) -> str:
            return message.replace("cannot be written", "CANNOT BE WRITTEN")

    monkeypatch.setattr(locale, "_catalogue", Shouting())
    handicap("PRAGMA query_only = ON")
    workspace.record(an_attempt())
    assert workspace.problem is not None
    assert "progress.db CANNOT BE WRITTEN" in workspace.problem
    with pytest.raises(WorkspaceError):
        Workspace.open(progress(workspace))

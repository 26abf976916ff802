"""Several tutors on one workspace, as processes: none loses anything, none damages anything."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
from pathlib import Path

from workspace_samples import EXERCISE, finish, start_together

from tutor.workspace import Workspace

WRITER = """
import sys
from pathlib import Path
from workspace_samples import EXERCISE, an_attempt
from tutor.workspace import Workspace
folder, number, count = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
print("ready", flush=True)
sys.stdin.readline()
workspace = Workspace.open(folder)
for n in range(count):
    workspace.record(an_attempt(source=b"%d" % (n % 3), minute=number * 1000 + n))
    workspace.show_hint(EXERCISE, f"faq-{number}", n)
    workspace.show_hint(EXERCISE, "shared", n)
    print(n, flush=True)
workspace.states()
print("problem:", workspace.problem)
"""


def begin(folder: Path, tutors: int, count: int) -> list[subprocess.Popen[str]]:
    """Tutors that have imported everything and begin at the same moment."""
    return start_together(WRITER, [[folder, number, count] for number in range(tutors)])


def sound(folder: Path) -> bool:
    with sqlite3.connect(folder / ".tutor" / "progress.db") as connection:
        return bool(connection.execute("PRAGMA integrity_check").fetchone() == ("ok",))


def test_all_attempts_of_all_tutors_are_there(tmp_path: Path) -> None:
    for process in begin(tmp_path, tutors=3, count=12):  # on a folder where there is nothing yet
        assert finish(process).endswith("problem: None\n")
    workspace = Workspace.open(tmp_path)
    times = [attempt.when for attempt in workspace.attempts(EXERCISE)]
    assert len(times) == len(set(times)) == 36
    assert workspace.hints_shown(EXERCISE) == {"faq-0": 11, "faq-1": 11, "faq-2": 11, "shared": 11}
    assert sound(tmp_path)


def test_a_tutor_that_is_killed_takes_nothing_along(tmp_path: Path) -> None:
    victim, survivor = begin(tmp_path, tutors=2, count=15)
    assert victim.stdout is not None
    reported = [victim.stdout.readline() for _ in range(5)]
    victim.send_signal(signal.SIGKILL)
    victim.communicate(timeout=60)
    assert reported[-1] == "4\n"
    assert finish(survivor).endswith("problem: None\n")
    assert len(Workspace.open(tmp_path).attempts(EXERCISE)) >= 5 + 15
    assert sound(tmp_path)


def test_tutors_that_meet_a_damaged_file_together_move_it_once(tmp_path: Path) -> None:
    (tmp_path / ".tutor").mkdir()
    (tmp_path / ".tutor" / "progress.db").write_bytes(b"not a database" * 1000)
    for process in begin(tmp_path, tutors=3, count=3):
        finish(process)
    aside = list((tmp_path / ".tutor").glob("progress.db.damaged-*"))
    assert [p.read_bytes()[:14] for p in aside] == [b"not a database"]
    assert len(Workspace.open(tmp_path).attempts(EXERCISE)) == 9

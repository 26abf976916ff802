"""``list``, ``show``, ``progress``, ``hint``, ``solution``, ``diff``, ``reset``: what needs no engine."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from cli_tools import FAILED, PASSED, a_report, tutor
from rich.console import Console

from tutor.catalog import Exercise
from tutor.cli import paper
from tutor.grading import Fault, Report
from tutor.workspace import Attempt, Workspace

ID = "sums/double"


def attempt(workspace: Workspace, report: Report, source: bytes = b"x = 1\n") -> None:
    workspace.record(Attempt(report.exercise, source, report))


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> StringIO:
    """A terminal of 80 columns; what is shown on it."""
    shown = StringIO()
    console = Console(file=shown, force_terminal=True, width=80, highlight=False, markup=False, emoji=False)
    monkeypatch.setattr(paper, "terminal", lambda: console)
    return shown


def test_list_shows_everything_with_its_state_in_words(workspace: Workspace, exercises: dict[str, Exercise]) -> None:
    attempt(workspace, PASSED)
    workspace.ensure(exercises["halve"])
    lines = tutor("list").out.splitlines()
    assert lines[:3] == ["A tiny pack", "  First track", "    Sums"]
    for name, mark, word in (("double", "✓", "passed"), ("treble", "◦", "new"), ("halve", "▸", "started")):
        row = next(line for line in lines if f"sums/{name} " in line)
        assert row.split()[:2] == [mark, word]
        assert f"Write {name}" in row
        assert "5 min" in row
    assert lines[-1] == "3 exercises, 1 passed"


def test_list_as_json(workspace: Workspace) -> None:
    attempt(workspace, FAILED)
    found = json.loads(tutor("list", "--json", "--lang", "ja").out)
    assert found["version"] == 1
    assert [(row["id"], row["state"]) for row in found["exercises"]] == [
        ("sums/double", "failed"),
        ("sums/treble", "new"),
        ("sums/halve", "new"),
    ]
    assert found["exercises"][0]["title"] == "double を書く"


@pytest.mark.parametrize("command", [["list"], ["list", "--json"], ["progress"], ["hint"]])
def test_looking_makes_no_folder(place: Path, command: list[str]) -> None:
    tutor(*command)
    assert not place.exists()


def test_show_prints_the_lesson_and_makes_the_file(place: Path) -> None:
    result = tutor("show", ID)
    assert (result.status, result.err) == (0, "")
    assert "# double\n\nThe lesson of double." in result.out
    assert str(place / "sums" / "double.py") in result.out
    assert (place / "sums" / "double.py").read_text().startswith("def double")


def test_show_without_id_is_the_exercise_opened_last(workspace: Workspace) -> None:
    assert tutor("show").status == 2
    tutor("show", "sums/halve")
    assert "The lesson of halve" in tutor("show").out


def test_show_lays_the_lesson_out_on_a_terminal(terminal: StringIO) -> None:
    assert tutor("show", ID).status == 0
    assert "**" not in terminal.getvalue()
    assert "lesson" in terminal.getvalue()


def test_show_prints_the_lesson_even_where_no_file_can_be_made(place: Path) -> None:
    place.write_text("in the way")
    result = tutor("show", ID)
    assert result.status == 2
    assert "of double" in result.out
    assert str(place) in result.err


def test_progress_counts_attempts_and_says_when(workspace: Workspace) -> None:
    for number, report in enumerate((FAILED, FAILED, PASSED, FAILED)):
        attempt(workspace, report, b"x = %d" % number)
    lines = tutor("progress").out.splitlines()
    assert str(workspace.folder) in lines[0]
    assert "  1 of 3 passed · 4 attempts · about 10 min to go" in lines
    row = next(line for line in lines if ID in line)
    assert "passed at attempt 3" in row
    assert "last " in row


def test_progress_says_how_long_and_what_was_hard(workspace: Workspace) -> None:
    now = datetime.now(UTC)
    for minute, report in ((0, FAILED), (6, FAILED), (10, PASSED)):
        workspace.record(Attempt(ID, b"x", report, now - timedelta(minutes=10 - minute)))
    workspace.met(ID, "twice")
    lines = tutor("progress").out.splitlines()
    assert "1 of 3 passed · 3 attempts · 10 min at work" in lines[1]
    assert "in a row" in lines[1]
    assert any("3 attempts · 10 min · passed at attempt 3" in line for line in lines)
    hard = lines.index("What was hard")
    assert lines[hard + 1] == f"  {ID}  Write double  (2 attempts before the pass, 10 min)"
    weeks = lines[lines.index("The last 4 weeks") + 1 :][:4]
    assert sum("attempts" in line for line in weeks) == 4
    assert any("3 attempts · 1 passed" in line for line in weeks)
    japanese = tutor("progress", "--lang", "ja").out
    assert "難しかった課題" in japanese


def test_progress_before_anything_was_done(place: Path) -> None:
    out = tutor("progress").out
    assert "nothing was graded yet" in out
    assert "What was hard" not in out


def test_progress_as_json(workspace: Workspace) -> None:
    for number, report in enumerate((FAILED, FAILED, PASSED)):
        attempt(workspace, report, b"x = %d" % number)
    found = json.loads(tutor("progress", "--json").out)
    assert (found["version"], found["passed"], found["total"], found["attempts"]) == (1, 1, 3, 3)
    assert found["streak"] == {"current": 1, "longest": 1}
    assert found["hard"] == [ID]
    assert [topic["passed"] for topic in found["topics"]] == [1]
    (row,) = (row for row in found["exercises"] if row["id"] == ID)
    assert (row["state"], row["attempts"], row["attempts_before_pass"]) == ("passed", 3, 2)
    assert row["first_pass"] == row["last_attempt"]
    assert sum(day["attempts"] for day in found["days"]) == 3
    assert [moment["what"] for moment in found["recent"]] == ["passed", "failed"]


def test_progress_as_json_is_what_its_page_says(workspace: Workspace, repository: Path) -> None:
    attempt(workspace, FAILED)
    found = json.loads(tutor("progress", "--json").out)
    page = (repository / "docs" / "progress-json.md").read_text(encoding="utf-8")
    example = json.loads(page.partition("```json\n")[2].partition("```")[0])
    assert found.keys() == example.keys()
    for key in ("topics", "exercises", "days", "recent"):
        assert found[key][0].keys() == example[key][0].keys()


def test_hints_come_one_step_a_call(workspace: Workspace) -> None:
    attempt(workspace, FAILED)
    first, second, third = (tutor("hint", ID) for _ in range(3))
    assert (first.status, first.err) == (0, "")
    assert first.out.startswith("What is double?\n\nFirst step of double.\n\nStep 1 of 2.")
    assert f"tutor hint {ID}" in first.out
    assert "First step" in second.out
    assert "Second step" in second.out
    assert second.out == third.out


def test_hints_speak_the_learners_language(workspace: Workspace) -> None:
    attempt(workspace, FAILED)
    assert "double の最初のステップ。" in tutor("hint", ID, "--lang", "ja").out


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (None, f"tutor check {ID}"),
        (PASSED, f"tutor solution {ID}"),
        (a_report("not_run", "not_run", fault=Fault("syntax", "It is no Python.", 3)), "It is no Python."),
        (a_report("failed", "failed", observed=("raised:NotImplementedError",)), f"tutor show {ID}"),
    ],
)
def test_where_there_is_no_hint_it_says_why(workspace: Workspace, report: Report | None, said: str) -> None:
    if report is not None:
        attempt(workspace, report)
    result = tutor("hint", ID)
    assert (result.status, result.out) == (2, "")
    assert said in result.err


@pytest.mark.parametrize("command", ["solution", "diff"])
def test_answers_wait_for_a_pass(workspace: Workspace, exercises: dict[str, Exercise], command: str) -> None:
    workspace.ensure(exercises["double"])
    attempt(workspace, FAILED)
    refused = tutor(command, ID)
    assert (refused.status, refused.out) == (2, "")
    assert f"tutor {command} {ID} --anyway" in refused.err
    assert "return x * 2.0" in tutor(command, ID, "--anyway").out
    attempt(workspace, PASSED)
    attempt(workspace, FAILED)
    assert "return x * 2.0" in tutor(command, ID).out


def test_solution_is_explained_in_the_learners_language(workspace: Workspace) -> None:
    attempt(workspace, PASSED)
    assert "double は掛け算です。" in tutor("--lang", "ja", "solution", ID).out


def test_diff_goes_from_mine_to_the_solution(workspace: Workspace, exercises: dict[str, Exercise]) -> None:
    attempt(workspace, PASSED)
    path = workspace.ensure(exercises["double"])
    path.write_text("def double(x):\n    return 2 * x")  # and no end of line
    lines = tutor("diff", ID).out.splitlines()
    assert lines[0] == f"--- {path}"
    assert lines[1] == "+++ solution.py"
    assert "-    return 2 * x" in lines
    assert "+    return x * 2.0" in lines


def test_diff_of_the_solution_itself(workspace: Workspace, exercises: dict[str, Exercise]) -> None:
    attempt(workspace, PASSED)
    workspace.ensure(exercises["double"]).write_bytes(exercises["double"].solutions[0].read_bytes())
    result = tutor("diff", ID)
    assert result.status == 0
    assert "@@" not in result.out


def test_diff_is_coloured_on_a_terminal_only(
    workspace: Workspace, exercises: dict[str, Exercise], terminal: StringIO
) -> None:
    workspace.ensure(exercises["double"])
    assert tutor("diff", ID, "--anyway").status == 0
    assert "\x1b[32m+    return x * 2.0" in terminal.getvalue()


def test_diff_without_a_file_of_ones_own(workspace: Workspace) -> None:
    result = tutor("diff", ID, "--anyway")
    assert result.status == 2
    assert "double.py" in result.err


def test_reset_tells_where_the_backup_is(workspace: Workspace, exercises: dict[str, Exercise]) -> None:
    assert "double.py" in tutor("reset", ID).out
    path = workspace.path(exercises["double"])
    path.write_text("my work")
    result = tutor("reset", ID)
    assert (result.status, result.err) == (0, "")
    (backup,) = workspace.backups(exercises["double"])
    assert str(backup) in result.out
    assert backup.read_text() == "my work"
    assert path.read_bytes() == exercises["double"].stub.read_bytes()


def test_trouble_with_the_progress_is_said(workspace: Workspace) -> None:
    (workspace.folder / ".tutor" / "progress.db").write_bytes(b"this is no database" * 100)
    result = tutor("list")
    assert result.status == 0
    assert "sums/double" in result.out
    assert "progress" in result.err


def test_names_with_escape_sequences_do_not_reach_the_terminal(tmp_path: Path) -> None:
    result = tutor("progress", "--workspace", str(tmp_path / "a\x1b[2Jb"))
    assert "\x1b" not in result.out

"""``check`` with an engine that says what the test tells it: statuses, lines, JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from cli_tools import FAILED, PASSED, FakeEngine, a_report, tutor
from rich.console import Console

from tutor.catalog import Exercise
from tutor.cli import paper
from tutor.grading import Comparison, EngineDied, Fault
from tutor.grading.raised import Frame, Raised, Variable
from tutor.grading.report import Facts, FaultKind
from tutor.workspace import Workspace

ID = "sums/double"
EngineSays = Callable[..., FakeEngine]
NOT_RUN = ("not_run", "not_run")


def test_a_pass(engine_says: EngineSays, workspace: Workspace) -> None:
    engine = engine_says(PASSED)
    result = tutor("check", ID)
    assert (result.status, result.err) == (0, "")
    lines = result.out.splitlines()
    assert lines[0] == "sums/double  Write double"
    assert lines[1] == str(workspace.folder / "sums" / "double.py")
    assert lines[2] == "✓ passed   double of 3 is right"
    assert "Passed: all 2 requirements" in result.out
    assert f"tutor solution {ID}" in result.out
    assert "tutor show sums/treble" in result.out
    assert engine.closed
    assert workspace.states()[ID] == "passed"
    engine_says(PASSED)
    assert "tutor show sums/treble" in tutor("check", ID).out, "a second pass goes on as well"


def test_a_failure_says_what_came_where_and_what_was_printed(engine_says: EngineSays, workspace: Workspace) -> None:
    report = a_report(
        "failed",
        "passed",
        message="The value is wrong.",
        comparison=Comparison("value", expected="6.0", came="5.0"),
        line=2,
        output="one\ntwo\n",
    )
    engine_says(report, a_report("failed", "failed"))
    result = tutor("check", ID)
    assert result.status == 1
    for line in (
        "✗ failed   double of 3 is right",
        "    The value is wrong.",
        "    expected: 6.0",
        "    came:     5.0",
        "    line 2: raise NotImplementedError",
        "    │ two",
        "A question that may help: What is double?",
        f"Step by step:  tutor hint {ID}",
    ):
        assert line in result.out.splitlines()
    assert workspace.states()[ID] == "failed"
    assert "First step" in tutor("hint").out
    (met,) = workspace.history().met
    assert (met.exercise, met.times) == (ID, 1)


def test_long_output_is_shown_from_its_end_and_once(engine_says: EngineSays) -> None:
    printed = "".join(f"row {number}\n" for number in range(100))
    engine_says(a_report("failed", "failed", output=printed), FAILED)
    out = tutor("check", ID).out
    assert out.count("row 99") == 1
    assert "row 79" not in out
    assert "80 lines before" in out
    assert "the same as above" in out


def test_escape_sequences_do_not_reach_the_terminal(engine_says: EngineSays) -> None:
    engine_says(a_report("failed", "passed", message="bad \x1b[2J\x1b]0;title\x07 \x9b1m value"), FAILED)
    out = tutor("check", ID).out
    assert not set("\x1b\x07\x9b") & set(out)
    assert "bad " in out


@pytest.mark.parametrize("kind", get_args(FaultKind))
def test_each_fault_has_its_exit_status(engine_says: EngineSays, kind: FaultKind) -> None:
    fault = Fault(kind, f"The sentence of {kind}.", 1)
    engine_says(a_report(*NOT_RUN, fault=fault), a_report(*NOT_RUN, fault=fault), *[FAILED] * 4)
    expected = 2 if kind in ("grader", "device", "incomplete") else 1
    result = tutor("check", ID)
    assert result.status == expected
    assert f"! The sentence of {kind}." in result.out
    assert "2 requirements were not run" in result.out
    if kind in ("syntax", "import", "grader", "device", "incomplete"):
        shown = tutor("check", ID, "--json")
        assert shown.status == expected
        assert json.loads(shown.out)["fault"]["kind"] == kind


def test_requirements_that_a_fault_kept_from_running_are_listed(engine_says: EngineSays) -> None:
    fault = Fault("timeout", "The run took too long.")
    engine_says(a_report("failed", "not_run", fault=fault), FAILED)
    result = tutor("check", ID)
    assert result.status == 1
    assert "– not run  double of 0 is 0" in result.out


def test_json_of_one_is_an_object_with_exactly_the_documented_keys(engine_says: EngineSays) -> None:
    fault = Fault("crash", "It crashed.", 7, "test_three")
    engine_says(a_report("error", "passed", fault=fault, output="hello\n"), FAILED)
    result = tutor("check", ID, "--json", "--seed", "7")
    assert (result.status, result.err) == (1, "")
    found = json.loads(result.out)
    assert list(found) == [
        "version",
        "exercise",
        "device",
        "seed",
        "verdict",
        "fault",
        "seconds",
        "requirements",
        "hint",
    ]
    assert (found["version"], found["exercise"], found["device"], found["seed"]) == (1, ID, "cpu", 7)
    assert found["fault"] == {
        "kind": "crash",
        "message": "It crashed.",
        "line": 7,
        "requirement": "test_three",
        "explanation": None,
    }
    keys = ["id", "sentence", "verdict", "message", "fault", "output", "seconds", "explanation", "figures"]
    assert [list(row) for row in found["requirements"]] == [keys, keys]
    assert found["requirements"][0]["output"] == "hello\n"
    assert found["hint"] == {"faq": "what-is-it", "question": "What is double?", "mistake": None}


def a_raised(line: int = 2) -> Raised:
    x = Variable("x", "Tensor", (3, 4), "float32", "cpu")
    frame = Frame(line, "double", "return x @ x", "x @ x", (x,))
    text = "mat1 and mat2 shapes cannot be multiplied (3x4 and 3x4)"
    return Raised("RuntimeError", ("RuntimeError", "Exception"), text, line, (frame,))


def test_json_explains_an_exception(engine_says: EngineSays) -> None:
    engine_says(a_report("failed", "passed", raised=a_raised()), FAILED)
    found = json.loads(tutor("check", ID, "--json").out)
    explanation = found["requirements"][0]["explanation"]
    assert list(explanation) == ["id", "meaning", "tensors", "look"]
    assert explanation["id"] == "matmul-shapes"
    assert "`x`: shape (3, 4)" in explanation["tensors"]
    assert explanation["look"].startswith("Line 2: ")
    assert found["requirements"][1]["explanation"] is None


def test_json_explains_what_kept_the_file_from_being_imported(engine_says: EngineSays) -> None:
    raised = Raised("IndentationError", ("IndentationError", "SyntaxError"), "unexpected indent", 3)
    engine_says(a_report(*NOT_RUN, fault=Fault("syntax", "No Python.", 3, raised=raised)))
    found = json.loads(tutor("check", ID, "--json").out)
    assert found["fault"]["explanation"]["id"] == "indentation"


def test_an_error_is_explained_once(engine_says: EngineSays) -> None:
    engine_says(a_report("failed", "failed", raised=a_raised()), FAILED)
    out = tutor("check", ID).out
    assert out.count("What it means:") == 1
    assert out.count("      `x`: shape (3, 4)") == 1
    assert out.count("Where to look: Line 2: ") == 1


def test_an_error_that_kept_the_file_from_being_imported_is_explained(engine_says: EngineSays) -> None:
    raised = Raised("SyntaxError", ("SyntaxError",), "expected ':'", 3)
    engine_says(a_report(*NOT_RUN, fault=Fault("syntax", "No Python.", 3, raised=raised)))
    assert "    What it means: Lines that begin a block" in tutor("check", ID).out


def test_tensors_are_compared(engine_says: EngineSays) -> None:
    facts = Facts((2, 2), "float32", "cpu")
    comparison = Comparison(
        "the gradient",
        "a tensor",
        "a tensor",
        0.5,
        (1, 0),
        facts,
        msgspec.structs.replace(facts, dtype="float64"),
        ((0.0, 0.25), (-0.5, float("nan"))),
    )
    engine_says(a_report("failed", "passed", comparison=comparison), FAILED)
    lines = tutor("check", ID).out.splitlines()
    start = lines.index("              shape   dtype    device  finite")
    assert lines[start + 1 : start + 9] == [
        "    expected  (2, 2)  float32  cpu     yes",
        "    came      (2, 2)  float64  cpu     yes",
        "    largest difference: 0.5 at [1, 0]",
        "    difference (what came, less what was expected):",
        "       0        1",
        "    0  · 0      ▒ +0.25",
        "    1  █ -0.5   × nan",
        "    × not finite",
    ]


def test_json_is_utf8_in_the_language_asked_for(engine_says: EngineSays, monkeypatch: pytest.MonkeyPatch) -> None:
    engine_says(PASSED)
    found = json.loads(tutor("check", ID, "--json", "--lang", "ja").out)
    assert found["requirements"][0]["sentence"] == "3 の double が正しい"
    assert found["hint"] is None


def test_json_never_holds_nan(engine_says: EngineSays) -> None:
    engine_says(msgspec.structs.replace(PASSED, seconds=float("nan")))
    result = tutor("check", ID, "--json")
    assert (result.status, result.out) == (2, "")


def test_several_are_graded_with_one_engine_and_the_worst_status_counts(engine_says: EngineSays) -> None:
    engine = engine_says(PASSED, a_report(*NOT_RUN, fault=Fault("grader", "Broken.")), FAILED, FAILED)
    result = tutor("check", ID, "sums/treble", "sums/halve", ID, "--json")
    assert result.status == 2
    assert [row["verdict"] for row in json.loads(result.out)] == ["passed", "error", "failed"]
    assert len(engine.requests) == 4  # the last one is the mistake, graded for the hint


def test_several_end_with_a_count(engine_says: EngineSays) -> None:
    engine_says(PASSED, FAILED, FAILED)
    result = tutor("check", ID, "sums/treble")
    assert result.status == 1
    assert result.out.splitlines()[-1] == "1 passed, 1 failed, 0 could not be graded"
    assert "tutor show" not in result.out


def test_all_takes_the_stub_where_nothing_was_begun_and_writes_nothing(
    engine_says: EngineSays, workspace: Workspace, exercises: dict[str, Exercise]
) -> None:
    workspace.ensure(exercises["treble"]).write_text("# mine\n")
    engine = engine_says(PASSED, PASSED, PASSED)
    result = tutor("check", "--all", "--json")
    assert [row["exercise"] for row in json.loads(result.out)] == ["sums/double", "sums/treble", "sums/halve"]
    assert [request.source for request in engine.requests] == [
        exercises["double"].stub.read_bytes(),
        b"# mine\n",
        exercises["halve"].stub.read_bytes(),
    ]
    assert workspace.states() == {"sums/treble": "passed"}


def test_one_unreadable_file_does_not_stop_the_others(
    engine_says: EngineSays, workspace: Workspace, exercises: dict[str, Exercise]
) -> None:
    workspace.path(exercises["double"]).mkdir(parents=True)
    engine_says(PASSED)
    result = tutor("check", ID, "sums/halve", "--json")
    assert result.status == 2
    assert [row["exercise"] for row in json.loads(result.out)] == ["sums/halve"]
    assert "double.py" in result.err
    assert tutor("check", ID, "--json").out == ""


def test_without_id_it_is_the_exercise_opened_last(engine_says: EngineSays) -> None:
    engine = engine_says(PASSED)
    tutor("show", "sums/halve")
    assert tutor("check").status == 0
    assert engine.requests[0].exercise == "sums/halve"


def test_another_file_is_graded_and_not_recorded(engine_says: EngineSays, workspace: Workspace, tmp_path: Path) -> None:
    answer = tmp_path / "answer.py"
    answer.write_text("def double(x): ...\n")
    engine = engine_says(FAILED, FAILED)
    result = tutor("check", ID, "--file", str(answer), "--device", "cpu")
    assert result.status == 1
    assert engine.requests[0].source == answer.read_bytes()
    assert engine.requests[0].device == "cpu"
    assert str(answer) in result.out
    assert f"tutor hint {ID}" not in result.out
    assert workspace.states() == {}
    assert workspace.attempts(ID) == ()
    assert workspace.history().met == ()


def test_standard_input_is_graded(engine_says: EngineSays) -> None:
    engine = engine_says(PASSED)
    assert tutor("check", ID, "--file", "-", stdin="# 二倍\n".encode()).status == 0
    assert engine.requests[0].source.decode() == "# 二倍\n"


@pytest.mark.parametrize("make", ["missing", "folder", "large"])
def test_files_that_cannot_be_graded_are_refused(tmp_path: Path, make: str) -> None:
    path = tmp_path / "answer.py"
    if make == "folder":
        path.mkdir()
    elif make == "large":
        path.write_bytes(b"#" * (2**20 + 1))
    result = tutor("check", ID, "--file", str(path))
    assert (result.status, result.out) == (2, "")
    assert str(path) in result.err
    assert tutor("check", ID, "--file", "-", stdin=b"#" * (2**20 + 1)).status == 2


def test_the_settings_choose_the_device(engine_says: EngineSays) -> None:
    from tutor.workspace import Settings, save_settings

    save_settings(Settings(device="cpu"))
    engine = engine_says(PASSED, PASSED)
    tutor("check", ID)
    tutor("check", ID, "--device", "auto")
    assert [request.device for request in engine.requests] == ["cpu", "auto"]


@pytest.mark.parametrize("option", [[], ["--json"]])
def test_an_engine_that_dies_is_a_sentence(engine_says: EngineSays, option: list[str]) -> None:
    engine_says(dead="The engine is gone.")
    result = tutor("check", ID, *option)
    assert (result.status, result.out, result.err) == (2, "", "The engine is gone.\n")
    engine_says(EngineDied("It died in between."), PASSED)
    result = tutor("check", ID, "sums/halve", *option)
    assert result.status == 2
    assert result.err == "It died in between.\n"
    assert "sums/halve" in result.out


def test_a_read_only_record_is_said_and_the_verdict_stands(
    engine_says: EngineSays, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine_says(PASSED)
    progress = workspace.folder / ".tutor" / "progress.db"
    progress.unlink()
    progress.mkdir()
    result = tutor("check", ID)
    assert result.status == 0
    assert "progress" in result.err


def test_a_terminal_gets_colour_and_says_what_runs(engine_says: EngineSays, monkeypatch: pytest.MonkeyPatch) -> None:
    for environment, coloured in (({}, True), ({"NO_COLOR": "1"}, False)):
        shown = StringIO()
        console = Console(
            file=shown, force_terminal=True, width=40, highlight=False, _environ={"TERM": "xterm", **environment}
        )
        monkeypatch.setattr(paper, "terminal", lambda console=console: console)
        engine_says(PASSED)
        result = tutor("check", ID)
        assert "▸ double of 3 is right" in shown.getvalue()
        assert "✓ passed " in shown.getvalue()
        assert ("\x1b[32m" in shown.getvalue()) is coloured
        assert result.out.count("\r\x1b[2K") == shown.getvalue().count("…") + 2  # each such line is taken back

"""``check`` and ``doctor`` with the real engine, in processes of their own: each test starts one, some seconds each."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest
from cli_tools import processes_about, spawn

from tutor.catalog import Exercise
from tutor.workspace import Workspace

WITHOUT_TEXTUAL = "sys.modules['textual'] = sys.modules['textual.app'] = None"
SECONDS = 120


def test_a_solution_passes_without_textual_and_leaves_nothing_behind(
    pack_folder: Path, workspace: Workspace, exercises: dict[str, Exercise]
) -> None:
    workspace.ensure(exercises["double"]).write_bytes(exercises["double"].solutions[0].read_bytes())
    process = spawn(pack_folder, "check", "sums/double", "--json", "--seed", "3", before=WITHOUT_TEXTUAL)
    out, errors = process.communicate(timeout=SECONDS)
    assert (process.returncode, errors) == (0, "")
    found = json.loads(out)
    seconds = [found.pop("seconds"), *(row.pop("seconds") for row in found["requirements"])]
    assert all(0 <= value < SECONDS for value in seconds)
    row = {"verdict": "passed", "message": "", "fault": None, "output": "", "explanation": None, "figures": []}
    assert found == {
        "version": 1,
        "exercise": "sums/double",
        "device": found["device"],
        "seed": 3,
        "verdict": "passed",
        "fault": None,
        "requirements": [
            {"id": "test_three", "sentence": "double of 3 is right", **row},
            {"id": "test_zero", "sentence": "double of 0 is 0", **row},
        ],
        "hint": None,
    }
    assert processes_about(workspace.folder) == []
    assert workspace.states()["sums/double"] == "passed"


def test_a_stub_a_mistake_and_a_syntax_error(
    pack_folder: Path, workspace: Workspace, exercises: dict[str, Exercise]
) -> None:
    (mistake,) = exercises["treble"].mistakes
    workspace.ensure(exercises["treble"]).write_bytes(mistake.read_bytes())
    workspace.ensure(exercises["halve"]).write_text("import math\ndef halve(x:\n")
    process = spawn(pack_folder, "check", "--all", "--json", "--lang", "ja")
    out, errors = process.communicate(timeout=SECONDS)
    assert (process.returncode, errors) == (1, "")
    stub, wrong, broken = json.loads(out)
    assert [row["verdict"] for row in stub["requirements"]] == ["failed", "failed"]
    assert stub["requirements"][0]["sentence"] == "3 の double が正しい"
    assert stub["hint"] is None  # nothing has been written, so no mistake has been made
    assert wrong["verdict"] == "failed"
    assert wrong["hint"] == {"faq": "what-is-it", "question": "treble とは？", "mistake": "adds"}
    assert (broken["verdict"], broken["hint"]) == ("error", None)
    assert (broken["fault"]["kind"], broken["fault"]["line"]) == ("syntax", 2)
    assert {row["verdict"] for row in broken["requirements"]} == {"not_run"}
    assert processes_about(workspace.folder) == []


def test_ctrl_c_ends_it_cleanly(pack_folder: Path, workspace: Workspace, tmp_path: Path) -> None:
    answer = tmp_path / "endless.py"
    answer.write_text("def double(x):\n    while not x:\n        pass\n    return 2 * x\n")
    process = spawn(pack_folder, "check", "sums/double", "--file", str(answer))
    assert process.stdout is not None
    assert process.stderr is not None
    for line in process.stdout:
        if line.startswith("✓"):
            break  # the first requirement is decided, and the second runs for ever
    else:
        pytest.fail(f"it ended by itself: {process.stderr.read()}")
    assert processes_about(workspace.folder) != []
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=SECONDS)
    assert process.returncode == 130
    assert errors.strip() == ""
    assert processes_about(workspace.folder) == []


def test_doctor_on_this_machine(pack_folder: Path, place: Path) -> None:
    process = spawn(pack_folder, "doctor", before=WITHOUT_TEXTUAL)
    out, errors = process.communicate(timeout=SECONDS)
    assert (process.returncode, errors) == (0, "")
    assert "Engine: ready after" in out
    assert "Pack core: 3 exercises" in out
    assert processes_about(place) == []

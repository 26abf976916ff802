"""``pack new`` and ``pack check`` as commands: what they refuse, what they print, how they end."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from authoring_tools import E, Sample, tutor

from tutor import locale
from tutor.authoring import check as checking
from tutor.authoring.places import NoPack, find_pack
from tutor.authoring.result import ExerciseResult, Finding, MistakeResult, MutantsResult, PackResult, Survivor
from tutor.catalog import builtin_pack, load_pack
from tutor.cli import paper
from tutor.cli.pack_check_show import Bars
from tutor.cli.root import run

COMMANDS = ("new", "check", "add", "list", "update", "remove")
SECONDS = 120


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("language", locale.LANGUAGES)
def test_help(command: str, language: str) -> None:
    result = tutor("pack", command, "--help", "--lang", language)
    assert (result.status, result.err) == (0, "")
    assert f"tutor pack {command}" in result.out


def test_pack_alone_shows_its_commands() -> None:
    result = tutor("pack")
    assert (result.status, result.err) == (2, "")
    for command in COMMANDS:
        assert f"\n  {command} " in result.out


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["nonsense"], "'nonsense'"),
        (["chek"], "check"),
        (["check", "nowhere"], "nowhere"),
        (["check", "--seeds", "0"], "'0'"),
        (["check", "--seeds", "x"], "'x'"),
        (["check", "--seeds", "٣"], "'٣'"),
        (["check", "--jobs", "-1"], "'-1'"),
        (["check", "--device", "tpu"], "'tpu'"),
        (["check", "a", "b"], "'b'"),
        (["new"], "NAME"),
        (["new", "Wrong Name"], "'Wrong Name'"),
        (["new", "名前"], "'名前'"),
        (["new", "../up"], "'../up'"),
        (["new", "core"], "'core'"),
        (["new", "import"], "'import'"),
        (["new", "torch"], "'torch'"),
        (["remove", "nothing"], "'nothing'"),
        (["update", "nothing"], "'nothing'"),
        (["update"], "nothing to update"),
        (["add", "no such thing"], "'no such thing'"),
    ],
)
def test_slips_are_refused_with_a_sentence(arguments: list[str], named: str) -> None:
    result = tutor("pack", *arguments)
    assert (result.status, result.out) == (2, "")
    assert named in result.err
    assert "Traceback" not in result.err


def test_new_writes_only_where_nothing_is(tmp_path: Path) -> None:
    made = tutor("pack", "new", "mine", str(tmp_path / "here"))
    assert (made.status, made.err) == (0, "")
    assert load_pack(tmp_path / "here" / "mine").exercises[0].id == E
    assert not list((tmp_path / "here").rglob("*.txt"))
    text = (tmp_path / "here" / "pyproject.toml").read_text()
    assert 'mine = "mine"' in text
    assert "{" not in text.replace("{ en", "")
    again = tutor("pack", "new", "mine", str(tmp_path / "here"))
    assert again.status == 2
    assert str(tmp_path / "here") in again.err


def test_which_pack_is_meant(sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_pack(sample.folder) == (sample.folder, "")
    assert find_pack(sample.distribution) == (sample.folder, "")
    assert find_pack(sample.folder / "first_steps") == (sample.folder, "first_steps")
    assert find_pack(sample.folder / E / "mistakes") == (sample.folder, E)
    monkeypatch.chdir(sample.folder / E)
    assert find_pack(None) == (sample.folder, E)
    monkeypatch.chdir(tmp_path / "copy")
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    assert find_pack(None) == (builtin_pack(), "")
    with pytest.raises(NoPack):
        find_pack(empty)
    (empty / "one").mkdir()
    (empty / "two").mkdir()
    for name in ("one", "two"):
        (empty / name / "pack.toml").write_text("")
    with pytest.raises(NoPack, match="one, two"):
        find_pack(empty)


TOPIC = "title = {{ en = 'a', ja = 'b' }}\nsummary = {{ en = 'a', ja = 'b' }}\nexercises = [{}]\n"
TOPIC_TOML, EXERCISE_TOML = "first_steps/topic.toml", f"{E}/exercise.toml"
EQUIVALENT = "equivalents = [{ mutant = 1, reason = 'r' }]\n"

BROKEN: dict[str, tuple[str, str | bytes, str]] = {
    "broken TOML": ("pack.toml", "format = 1\nname =", "pack.toml:2"),
    "not UTF-8": ("pack.toml", b"format = 1 # \xff", "pack.toml:1"),
    "a newer format": ("pack.toml", "format = 2\nwhatever = 1\n", "pack.toml:1: format"),
    "wrong types": (EXERCISE_TOML, "title = 3\ndifficulty = 'x'\n", f"{EXERCISE_TOML}:1: title"),
    "a lesson of 10 MB": (f"{E}/lesson.md", b"x" * 10_000_000, f"{E}/lesson.md"),
    "a topic that lists itself": (TOPIC_TOML, TOPIC.format("'../first_steps'"), f"{TOPIC_TOML}:3: exercises[0]"),
    "a missing reference": (TOPIC_TOML, TOPIC.format("'centred', 'gone'"), f"{TOPIC_TOML}:3: exercises[1]"),
    "a name in another script": (TOPIC_TOML, TOPIC.format("'中心化'"), f"{TOPIC_TOML}:3: exercises[0]"),
    "equivalents of a wrong type": (EXERCISE_TOML, EQUIVALENT, f"{EXERCISE_TOML}:1: equivalents[0].mutant"),
}


@pytest.mark.parametrize("flaw", BROKEN)
def test_bad_packs_are_refused_with_file_key_and_way_out(sample: Sample, flaw: str) -> None:
    file, content, where = BROKEN[flaw]
    (sample.folder / file).write_bytes(content if isinstance(content, bytes) else content.encode())
    checked = tutor("pack", "check", str(sample.folder))
    assert (checked.status, checked.err) == (1, "")
    assert f"{sample.folder}/{where}" in checked.out
    as_json = tutor("pack", "check", str(sample.folder), "--json")
    assert as_json.status == 1
    found = json.loads(as_json.out)
    assert (found["version"], found["ok"]) == (1, False)
    places = [problem["where"] for exercise in found["exercises"] for problem in exercise["problems"]]
    assert [place for place in places if place.startswith(f"{sample.folder}/{where}")]
    added = tutor("pack", "add", str(sample.folder), "--yes")
    assert (added.status, added.out) == (2, "")
    assert ("needs a newer torch-tutor" if flaw == "a newer format" else where) in added.err
    assert "Traceback" not in checked.out + added.err
    assert tutor("list").status == 0


def test_folders_that_lead_in_a_circle(sample: Sample) -> None:
    (sample.folder / "first_steps" / "round").symlink_to(sample.folder)
    (sample.folder / "loop").symlink_to(sample.folder / "loop")
    result = tutor("pack", "check", str(sample.folder), "--only", "nothing")
    assert "Traceback" not in result.err
    assert result.status in (1, 2)


def test_an_unknown_part(sample: Sample) -> None:
    result = tutor("pack", "check", str(sample.folder), "--only", "first_step")
    assert (result.status, result.out) == (2, "")
    assert "first_steps" in result.err
    result = tutor("pack", "check", str(sample.folder), "--only", "zzz")
    assert "Its topics are: first_steps." in result.err


FOUND = ExerciseResult(
    E,
    (Finding("/a/lesson.md:3", "the lesson shows \x1b[2Jthe answer"),),
    MutantsResult(96, 1, (Survivor("x -> y's", "--- solution.py\n+++ mutant\n@@ -1 +1 @@\n-x\n+y"),)),
    (MistakeResult("one", "which-mean", True, True), MistakeResult("two", "which-mean", True, False)),
    0.5,
    {"probe_one": ("helper",), "probe_two": ()},
)


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check finds ``FOUND``, whatever the pack."""

    async def check_pack(folder: Path, options: object, audience: checking.Audience) -> PackResult:
        exercise = load_pack(folder).exercises[0]
        audience.begin(exercise, 1, 1)
        audience.warming()
        audience.expect(4)
        for _ in range(4):
            audience.ran()
        audience.end(FOUND)
        return PackResult((FOUND,))

    monkeypatch.setattr(checking, "check_pack", check_pack)


@pytest.mark.usefixtures("found")
def test_what_is_found_is_printed(sample: Sample) -> None:
    result = tutor("pack", "check", str(sample.folder), "--verbose")
    assert (result.status, result.err) == (1, "")
    for line in (
        f"[1/1] {E}",
        "    2 of 4 submissions graded",
        f"✗ {E}  0.50 s a run · 1 of 2 mistakes caught and recognised · 96 of 97 mutants killed (99.0%), "
        "1 more are equivalent",
        "    /a/lesson.md:3: the lesson shows the answer",
        "    with the probe probe_one travels: helper",
        "    with the probe probe_two travels: its own code, and nothing else",
        "      +y",
        '      mutant = "x -> y\'s"',
        "0 of 1 exercise is sound",
    ):
        assert line in result.out.splitlines()


@pytest.mark.usefixtures("found")
def test_json_is_all_that_is_printed(sample: Sample) -> None:
    result = tutor("pack", "check", str(sample.folder), "--json")
    assert (result.status, result.err) == (1, "")
    assert json.loads(result.out)["exercises"][0]["mutants"]["survived"] == [FOUND.mutants.survived[0].diff]  # type: ignore[union-attr]


def test_a_bar_on_a_terminal(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    from io import StringIO

    from rich.console import Console

    screen = StringIO()
    console = Console(file=screen, force_terminal=True, width=100, color_system=None)
    monkeypatch.setattr(paper, "terminal", lambda: console)
    bars = Bars(verbose=False)
    bars.begin(sample.exercise, 1, 2)
    bars.warming()
    bars.expect(2)
    bars.ran()
    bars.ran()
    bars.end(FOUND)
    bars.close()
    shown = screen.getvalue()
    assert f"[1/2] {E}" in shown
    assert "2/2" in shown
    assert "mutants killed" in shown
    assert "0 of 1 exercise is sound" in shown


def test_without_the_mutation_library(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mutmut", None)
    result = tutor("pack", "check", str(sample.folder), "--mutants")
    assert result.status == 2
    assert "torch-tutor[authors]" in result.err


def test_a_whole_check_that_is_interrupted_and_goes_on(sample: Sample) -> None:
    command = [sys.executable, "-P", "-m", "tutor", "pack", "check", str(sample.distribution)]
    command += ["--seeds", "1", "--jobs", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "submissions graded" in line:
                break
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=SECONDS)
    assert process.returncode == 130
    assert errors.strip() == "Stopped. The same command goes on from here."
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, timeout=SECONDS, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["ok"] is True


def test_run_answers_the_exit_status(sample: Sample) -> None:
    assert run(["pack", "check", str(sample.folder / "nowhere")]) == 2

"""The command line as a whole: help, languages, options, refusals, ways to end."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli_tools import spawn, tutor

from tutor import __version__, locale
from tutor.cli import root, wiring
from tutor.cli.wiring import hidden_folders, load_catalog
from tutor.workspace import Settings, save_settings, settings_file

COMMANDS = ("list", "show", "check", "hint", "solution", "diff", "reset", "progress", "doctor", "server")


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_names_every_command(option: str) -> None:
    result = tutor(option)
    assert (result.status, result.err) == (0, "")
    for name in COMMANDS:
        assert f"\n  {name} " in result.out


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help_in_both_languages(command: str) -> None:
    for language in locale.LANGUAGES:
        result = tutor(command, "--help", "--lang", language)
        assert (result.status, result.err) == (0, "")
        assert f"tutor {command}" in result.out
        assert "--workspace" in result.out


def test_version() -> None:
    assert tutor("--version").out == f"tutor {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["nonsense"], "'nonsense'"),
        (["lisst"], "list"),
        (["list", "--no-such"], "--no-such"),
        (["list", "extra"], "'extra'"),
        (["reset"], "ID"),
        (["check", "--seed"], "--seed"),
        (["check", "--lang", "fr"], "'fr'"),
        (["--lang", "fr", "list"], "'fr'"),
        (["check", "sums/double", "--device", "tpu"], "'tpu'"),
        (["show", "sums/duoble"], "sums/double"),
        (["show", "nothing/like/it"], "nothing/like/it"),
        (["check", "sums/double", "--all"], "--all"),
        (["check", "sums/double", "sums/halve", "--file", "x.py"], "--file"),
        (["check"], "tutor list"),
    ],
)
def test_slips_are_refused_with_a_sentence(arguments: list[str], named: str) -> None:
    result = tutor(*arguments)
    assert (result.status, result.out) == (2, "")
    assert named in result.err
    assert "Traceback" not in result.err


@pytest.mark.parametrize("seed", ["-1", "2147483648", "9" * 400, "1.5", "٣", "", "x"])
def test_impossible_seeds_are_refused(seed: str) -> None:
    result = tutor("check", "sums/double", "--seed", seed)
    assert (result.status, result.out) == (2, "")


def test_options_stand_before_and_after_the_command(tmp_path: Path) -> None:
    for arguments in (["--lang", "ja", "list"], ["list", "--lang", "ja"], ["list", "--lang=ja"]):
        assert "小さなパック" in tutor(*arguments).out
    for arguments in (
        ["--workspace", str(tmp_path / "a"), "progress"],
        ["progress", "--workspace", str(tmp_path / "a")],
    ):
        assert str(tmp_path / "a") in tutor(*arguments).out


def test_the_language_comes_from_option_then_settings_then_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "A tiny pack" in tutor("list").out
    monkeypatch.setenv("LANG", "ja_JP.UTF-8")
    assert "小さなパック" in tutor("list").out
    save_settings(Settings(language="en"))
    assert "A tiny pack" in tutor("list").out
    assert "小さなパック" in tutor("list", "--lang", "ja").out


def test_the_folder_comes_from_option_then_environment_then_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_settings(Settings(workspace=tmp_path / "settings"))
    assert str(tmp_path / "work") in tutor("progress").out
    assert str(tmp_path / "option") in tutor("progress", "--workspace", str(tmp_path / "option")).out
    monkeypatch.setenv("TUTOR_WORKSPACE", "")
    assert str(tmp_path / "settings") in tutor("progress").out


def test_broken_settings_are_named(place: Path) -> None:
    settings_file().parent.mkdir(parents=True, exist_ok=True)
    settings_file().write_text('{"langage": "ja"}')
    result = tutor("check", "sums/double")
    assert (result.status, result.out) == (2, "")
    assert str(settings_file()) in result.err
    assert tutor("--help").status == 0


def test_an_impossible_workspace_is_named(place: Path) -> None:
    place.write_text("a file")
    result = tutor("show", "sums/double")
    assert result.status == 2
    assert str(place) in result.err


def test_a_pack_that_does_not_load_is_said_and_the_others_are_there(
    tmp_path: Path, pack_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiring, "pack_folders", lambda: (tmp_path / "nowhere", pack_folder))
    result = tutor("list")
    assert result.status == 0
    assert str(tmp_path / "nowhere") in result.err
    assert "sums/double" in result.out


def test_without_a_terminal_it_says_what_to_use() -> None:
    result = tutor()
    assert (result.status, result.out) == (2, "")
    assert "tutor list" in result.err
    assert "tutor check" in result.err


@pytest.mark.parametrize(("term", "said"), [("xterm", "textual"), ("dumb", "tutor list")])
def test_on_a_terminal_without_textual_or_without_capabilities(pack_folder: Path, term: str, said: str) -> None:
    ours, theirs = os.openpty()
    process = spawn(
        pack_folder,
        before="sys.modules['textual'] = None",
        environment={"TERM": term},
        stdin=theirs,
        stdout=theirs,
        stderr=subprocess.PIPE,
    )
    os.close(theirs)
    _, said_there = process.communicate(timeout=60)
    os.close(ours)
    assert process.returncode == 2
    assert said in said_there
    assert "Traceback" not in said_there


def test_a_reader_that_leaves_early_is_no_error(pack_folder: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    process = spawn(pack_folder, "list", stdout=writer)
    os.close(writer)
    _, said = process.communicate(timeout=60)
    assert said == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_full_disk_behind_stdout_is_said(pack_folder: Path) -> None:
    with Path("/dev/full").open("w") as full:
        process = spawn(pack_folder, "list", stdout=full)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 2
    assert os.strerror(errno.ENOSPC) in said
    assert "Traceback" not in said


def test_signs_that_the_terminal_lacks_do_not_stop_it(pack_folder: Path) -> None:
    process = spawn(pack_folder, "list", environment={"PYTHONIOENCODING": "ascii"})
    said, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    assert "sums/double" in said


def test_a_mistake_of_the_tutors_own_is_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: object, context: object, name: str) -> None:
        raise AssertionError("a bug")

    monkeypatch.setattr(root.Root, "get_command", fail)
    result = tutor("list")
    assert result.status == 2
    assert "a bug" in result.err


def test_nothing_light_loads_torch_or_textual(pack_folder: Path, place: Path) -> None:
    runs = [
        *(["list"], ["list", "--json"], ["show", "sums/double"], ["progress"], ["hint", "sums/double"]),
        *(["reset", "sums/double"], ["solution", "sums/double", "--anyway"], ["diff", "sums/double", "--anyway"]),
        ["--help"],
    ]
    code = (
        "import sys, pathlib\nfrom tutor.cli import wiring\nfrom tutor.cli.root import run\n"
        f"wiring.pack_folders = lambda: (pathlib.Path({str(pack_folder)!r}),)\n"
        f"statuses = [run(arguments) for arguments in {runs!r}]\n"
        "heavy = {'torch', 'numpy', 'pytest', 'textual', 'watchfiles'} & set(sys.modules)\n"
        "print(statuses, sorted(heavy), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert done.stderr.splitlines()[-1] == "[0, 0, 0, 0, 2, 0, 0, 0, 0] []"


def test_list_loads_neither_rich_nor_the_session(pack_folder: Path) -> None:
    code = (
        "import sys, pathlib\nfrom tutor.cli import wiring\nfrom tutor.cli.root import run\n"
        f"wiring.pack_folders = lambda: (pathlib.Path({str(pack_folder)!r}),)\n"
        "run(['list'])\nprint({'rich', 'tutor.session', 'tutor.feedback'} & set(sys.modules), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == "set()"


def test_what_boxes_import_is_never_hidden(place: Path, pack_folder: Path) -> None:
    catalog = load_catalog()
    assert hidden_folders(catalog, place) == (pack_folder, pack_folder / "solutions", place.resolve())
    for roomy in (Path("/"), Path(wiring.__file__).parents[2]):
        hidden = hidden_folders(catalog, roomy)
        assert roomy not in hidden
        assert {roomy / ".tutor", roomy / "sums"} <= set(hidden)

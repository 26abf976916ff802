"""``pack add``, ``list``, ``update`` and ``remove``: from a folder, a git repository and an installed distribution."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from authoring_tools import E, Sample, tutor

from tutor.authoring import git
from tutor.authoring.library import installed_packs
from tutor.catalog import BUILTIN
from tutor.cli import pack_library, paper, wiring
from tutor.cli.wiring import hidden_folders, load_catalog
from tutor.workspace import Workspace
from tutor.workspace.packs import added_packs, data_folder, packs_file

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed here")


def names() -> list[str]:
    return [pack.name for pack in load_catalog().packs]


def commit(folder: Path) -> None:
    """Everything in ``folder`` becomes the newest commit of its repository."""
    settings = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "--allow-empty", "-m", "x"]):
        subprocess.run(["git", *settings, *command], cwd=folder, check=True, capture_output=True)


# From a folder


def test_a_folder_is_copied_and_its_exercises_are_there(sample: Sample) -> None:
    result = tutor("pack", "add", str(sample.distribution), "--yes")
    assert (result.status, result.err) == (0, "")
    assert "A pack runs code" in result.out
    assert names() == [BUILTIN, "sample"]
    shutil.rmtree(sample.distribution)
    assert load_catalog().find(E).folder.is_relative_to(data_folder())
    assert f" {E} " in tutor("list").out
    assert "Take off the mean" in tutor("show", E).out


def test_nobody_is_asked_without_a_terminal(sample: Sample) -> None:
    result = tutor("pack", "add", str(sample.folder), stdin=b"y\n")
    assert result.status == 2
    assert "--yes" in result.err
    assert names() == [BUILTIN]


@pytest.mark.parametrize(("answer", "added"), [("y", True), ("はい", True), ("n", False), ("", False), (None, False)])
def test_somebody_is_asked_on_a_terminal(
    sample: Sample, monkeypatch: pytest.MonkeyPatch, answer: str | None, added: bool
) -> None:
    def ask(question: str) -> str:
        if answer is None:
            raise EOFError
        return answer

    monkeypatch.setattr(paper, "is_terminal", lambda *names: names != ("stdout",))
    monkeypatch.setattr("builtins.input", ask)
    assert tutor("pack", "add", str(sample.folder)).status == (0 if added else 2)
    assert ("sample" in names()) is added


def test_a_name_that_is_taken(sample: Sample) -> None:
    assert tutor("pack", "add", str(sample.folder), "--yes").status == 0
    again = tutor("pack", "add", str(sample.folder), "--yes")
    assert (again.status, again.out) == (2, "")
    assert "tutor pack update sample" in again.err
    manifest = sample.folder / "pack.toml"
    manifest.write_text(manifest.read_text().replace('name = "sample"', 'name = "core"'))
    builtin = tutor("pack", "add", str(sample.folder), "--yes")
    assert (builtin.status, builtin.out) == (2, "")
    assert names() == [BUILTIN, "sample"]


def test_solutions_beside_a_pack_come_along(sample: Sample) -> None:
    (sample.folder / "solutions").rename(sample.distribution / "solutions")
    assert tutor("pack", "add", str(sample.folder), "--yes").status == 0
    assert load_catalog().find(E).solutions[0].is_file()
    assert "nothing has changed" in tutor("pack", "update").out
    assert tutor("pack", "remove", "sample").status == 0
    assert not (data_folder() / "packs" / "sample").exists()


def test_update_brings_what_is_new_and_keeps_the_learners_file(sample: Sample) -> None:
    tutor("pack", "add", str(sample.folder), "--yes")
    assert "nothing has changed" in tutor("pack", "update", "sample").out
    workspace = Workspace.open(wiring.Wiring().folder)
    file = workspace.ensure(load_catalog().find(E))
    file.write_text("mine\n")
    sample.replace("exercise.toml", "minutes = 10", "minutes = 11")
    sample.replace("stub.py", "A table", "Another table")
    result = tutor("pack", "update")
    assert (result.status, result.err) == (0, "")
    assert load_catalog().find(E).minutes == 11
    assert file.read_text() == "mine\n"


def test_an_update_that_is_not_sound_changes_nothing(sample: Sample) -> None:
    tutor("pack", "add", str(sample.folder), "--yes")
    sample.path("lesson.md").unlink()
    result = tutor("pack", "update")
    assert result.status == 2
    assert "lesson.md" in result.err
    assert load_catalog().find(E).lesson("en").startswith("# Take off")
    shutil.rmtree(sample.folder)
    result = tutor("pack", "update")
    assert result.status == 2
    assert "Traceback" not in result.err
    assert names() == [BUILTIN, "sample"]


def test_a_copy_that_somebody_changed_is_kept(sample: Sample) -> None:
    tutor("pack", "add", str(sample.folder), "--yes")
    copy = load_catalog().find(E).folder / "lesson.md"
    copy.write_text("# My own lesson\n")
    assert "had changed the copy" in tutor("pack", "update").out
    assert load_catalog().find(E).lesson("en").startswith("# Take off")
    (kept,) = (data_folder() / "kept").iterdir()
    assert (kept / "pack" / E / "lesson.md").read_text() == "# My own lesson\n"


def test_removing_leaves_the_learners_file(sample: Sample) -> None:
    tutor("pack", "add", str(sample.folder), "--yes")
    tutor("show", E)
    file = Workspace.open(wiring.Wiring().folder).folder / "sample" / f"{E}.py"
    assert file.is_file()
    assert tutor("pack", "remove", "sample").status == 0
    assert names() == [BUILTIN]
    assert file.is_file()
    assert added_packs() == ()


# Two packs with the same topics


def test_two_packs_with_the_same_topics_live_side_by_side(
    sample: Sample, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Sample(made, tmp_path.resolve() / "other")
    manifest = other.folder / "pack.toml"
    manifest.write_text(manifest.read_text().replace('name = "sample"', 'name = "other"'))
    tutor("pack", "add", str(sample.folder), "--yes")
    place = wiring.Wiring().folder
    tutor("show", E)
    before = place / "sample" / f"{E}.py"
    before.write_text("of sample\n")
    tutor("pack", "add", str(other.folder), "--yes")
    clash = tutor("show", E)
    assert clash.status == 2
    assert f"sample:{E}" in clash.err
    assert f"other:{E}" in clash.err
    tutor("show", f"other:{E}")
    after = place / "other" / f"{E}.py"
    assert after.read_text() != "of sample\n"
    assert before.read_text() == "of sample\n"
    states = {row["id"]: row["state"] for row in json.loads(tutor("list", "--json").out)["exercises"]}
    assert [row["version"] for row in json.loads(tutor("pack", "list", "--json").out)["packs"]] == [None, None, None]
    assert (states[f"sample:{E}"], states[f"other:{E}"]) == ("started", "started")
    # The other one goes again, and the short name means what it meant before, with the same file.
    tutor("pack", "remove", "other")
    assert str(before) in tutor("show", E).out
    # Where the boxes need something inside the learner's folder, its files are hidden one folder at a time.
    monkeypatch.setattr(wiring, "_needed", lambda: [place / "venv"])
    assert {place / "sample" / "first_steps", place / "custom_loss"} <= set(hidden_folders(load_catalog(), place))


# From git


@needs_git
def test_a_repository_is_fetched_and_updated(sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(sample.distribution)
    bare = tmp_path / "sample.git"
    subprocess.run(["git", "clone", "-q", "--bare", sample.distribution, bare], check=True, capture_output=True)
    monkeypatch.chdir(tmp_path)
    result = tutor("pack", "add", "sample.git", "--yes")
    assert (result.status, result.err) == (0, "")
    (added,) = added_packs()
    assert (added.kind, added.source) == ("git", str(bare.resolve()))
    assert len(added.version) == 40
    assert not list(data_folder().rglob(".git"))
    monkeypatch.chdir("/")
    assert "nothing has changed" in tutor("pack", "update").out
    sample.replace("exercise.toml", "minutes = 10", "minutes = 12")
    commit(sample.distribution)
    subprocess.run(["git", "push", "-q", bare, "HEAD"], cwd=sample.distribution, check=True, capture_output=True)
    assert tutor("pack", "update").status == 0
    assert load_catalog().find(E).minutes == 12
    assert added_packs()[0].version != added.version


@needs_git
@pytest.mark.parametrize(
    "address",
    [
        "https://127.0.0.1:9/nothing.git",
        "file:///no/such/repository",
        "nothing-here.git",
        "ext::sh -c 'touch pwned' .git",
        "--upload-pack=touch pwned;.git",
    ],
)
def test_an_address_that_leads_nowhere(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = tutor("pack", "add", "--yes", "--", address)
    assert (result.status, result.out) == (2, "")
    assert "git cannot fetch" in result.err
    assert "Traceback" not in result.err
    assert not (tmp_path / "pwned").exists()
    assert names() == [BUILTIN]


@pytest.fixture
def silence() -> Iterator[int]:
    """The port of a server that accepts, and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        held: list[socket.socket] = []

        def accept() -> None:
            try:
                while True:
                    held.append(server.accept()[0])
            except OSError:
                return

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        for connection in held:
            connection.close()


@needs_git
def test_an_address_that_does_not_answer(silence: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git, "PATIENCE", 0.5)
    began = time.monotonic()
    result = tutor("pack", "add", f"http://127.0.0.1:{silence}/pack.git", "--yes")
    assert (result.status, result.out) == (2, "")
    assert "did not answer within 0.5 seconds" in result.err
    assert time.monotonic() - began < 60  # git itself would wait for ever


def test_without_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    result = tutor("pack", "add", "https://example.org/pack.git", "--yes")
    assert result.status == 2
    assert "git is needed" in result.err


# From an installed distribution


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on Python's path into which distributions can be installed."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    return folder


def install(source: Path, site: Path) -> None:
    """Build a wheel and install it, with no network."""
    options = ["--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--disable-pip-version-check"]
    command = [sys.executable, "-m", "pip", "install", *options, "--upgrade", "--target", str(site), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ)
    assert done.returncode == 0, done.stderr


def test_an_installed_distribution_is_found_and_used_where_it_is(sample: Sample, site: Path) -> None:
    install(sample.distribution, site)
    (offer,) = installed_packs()
    assert (offer.name, offer.distribution, offer.version, offer.folder) == (
        "sample",
        "sample",
        "0.1.0",
        site / "sample",
    )
    assert "installed, not added: tutor pack add sample" in tutor("pack", "list").out
    assert names() == [BUILTIN]
    assert "sample" not in sys.modules
    result = tutor("pack", "add", "sample", "--yes")
    assert (result.status, result.err) == (0, "")
    assert load_catalog().find(E).folder == site / "sample" / E
    row = json.loads(tutor("pack", "list", "--json").out)["packs"][1]
    assert (row["kind"], row["source"], row["version"], row["exercises"]) == ("distribution", "sample", "0.1.0", 1)
    assert "pip install --upgrade sample" in tutor("pack", "update").out
    removed = tutor("pack", "remove", "sample")
    assert "pip uninstall sample" in removed.out
    assert (site / "sample" / "pack.toml").is_file()


def test_an_entry_point_that_leads_nowhere(site: Path) -> None:
    info = site / "hollow-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: hollow\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[tutor.packs]\nhollow = no_such_package.inside:thing\n")
    assert [offer.folder for offer in installed_packs()] == [None]
    result = tutor("pack", "add", "hollow", "--yes")
    assert result.status == 2
    assert "install it again" in result.err
    assert tutor("pack", "list").status == 0


# What may have happened to the list meanwhile


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"version": 2, "packs": []}', b'{"version": 1, "packs": [3]}', b"\xff"]
)
def test_a_broken_list_is_said_and_the_built_in_pack_stays(content: bytes) -> None:
    packs_file().parent.mkdir(parents=True)
    packs_file().write_bytes(content)
    result = tutor("list")
    assert result.status == 0
    assert str(packs_file()) in result.err
    assert "custom_loss/squared_error" in result.out
    assert tutor("pack", "list").status == 0
    for command in (["update"], ["remove", "x"], ["add", "."]):
        refused = tutor("pack", *command)
        assert refused.status == 2
        assert "Traceback" not in refused.err
    assert packs_file().read_bytes() == content


def test_a_pack_whose_folder_is_gone(sample: Sample) -> None:
    tutor("pack", "add", str(sample.folder), "--yes")
    shutil.rmtree(data_folder() / "packs")
    result = tutor("list")
    assert result.status == 0
    assert "This pack is left out" in result.err
    assert "sample  cannot be used" in tutor("pack", "list").out
    assert tutor("pack", "update").status == 0  # it is copied again
    assert names() == [BUILTIN, "sample"]


def test_sources_are_told_with_their_version() -> None:
    assert pack_library._source("there", "") == "there"
    assert pack_library._source("there", "0123456789abcdef") == "there (0123456789ab)"

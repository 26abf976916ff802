"""Files and progress of packs that were added: apart from those of the built-in one, and where they always were."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from workspace_samples import STUB, an_attempt, an_exercise

from tutor.workspace import SettingsError, Workspace
from tutor.workspace.packs import AddedPack, added_packs, data_folder, packs_file, save_added_packs


def test_the_same_exercise_of_two_packs(tmp_path: Path) -> None:
    workspace = Workspace.open(tmp_path / "work")
    core = an_exercise(tmp_path / "core")
    other = msgspec.structs.replace(an_exercise(tmp_path / "other"), pack="other")
    assert workspace.ensure(core) == workspace.folder / "custom_loss" / "squared_error.py"
    assert workspace.ensure(other) == workspace.folder / "other" / "custom_loss" / "squared_error.py"
    workspace.path(other).write_bytes(b"mine\n")
    assert (workspace.read(core), workspace.read(other)) == (STUB, b"mine\n")
    assert workspace.states() == {core.key: "started", other.key: "started"}
    workspace.record(an_attempt("passed", exercise=other.key))
    assert workspace.states() == {core.key: "started", other.key: "passed"}
    backup = workspace.reset(other)
    assert backup is not None
    assert backup.read_bytes() == b"mine\n"
    assert workspace.backups(other) == (backup,)
    assert workspace.backups(core) == ()


def test_the_list_of_added_packs_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTOR_DATA", str(tmp_path / "数据"))
    assert added_packs() == ()
    packs = (
        AddedPack("one", "git", "https://example.org/one.git", tmp_path / "one", "0123", "4567"),
        AddedPack("two", "distribution", "two", tmp_path / "二"),
    )
    save_added_packs(packs)
    assert added_packs() == packs
    assert packs_file().parent == data_folder() == tmp_path / "数据"
    assert [path.name for path in data_folder().iterdir()] == ["packs.json"]
    packs_file().write_text('{"version": 1, "packs": [], "more": 1}')
    with pytest.raises(SettingsError, match=r"packs\.json cannot be used"):
        added_packs()

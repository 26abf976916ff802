"""Settings: strict to read, whole when written, and never overwritten in silence."""

from __future__ import annotations

import errno
import json
import os
import threading
from pathlib import Path

import pytest
from msgspec.structs import replace

from tutor.workspace import Settings, SettingsError, default_workspace, load_settings, save_settings, settings_file
from tutor.workspace.settings import change_settings


@pytest.fixture(autouse=True)
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "config"
    monkeypatch.setenv("TUTOR_CONFIG", str(folder))
    return folder


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def test_defaults_without_a_file(config: Path) -> None:
    assert load_settings() == Settings(language=None, workspace=None, device="auto")
    assert not config.exists()


def test_saved_and_loaded(config: Path, tmp_path: Path) -> None:
    settings = Settings("ja", tmp_path / "作業", "cuda")
    save_settings(Settings())
    save_settings(settings)
    assert load_settings() == settings
    assert names(config) == ["settings.json"]
    text = (config / "settings.json").read_text(encoding="utf-8")
    assert json.loads(text) == {"language": "ja", "workspace": str(tmp_path / "作業"), "device": "cuda"}
    assert text.endswith("\n")


def test_where_the_file_is(config: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert settings_file() == config / "settings.json"
    monkeypatch.delenv("TUTOR_CONFIG")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    assert settings_file().name == "settings.json"
    assert settings_file().parent.name == "torch-tutor"
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_workspace() == tmp_path / "torch-tutor"


def test_home_is_understood(config: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    config.mkdir()
    (config / "settings.json").write_text('{"workspace": "~/work"}')
    assert load_settings().workspace == tmp_path / "work"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"langauge": "en"}', "unknown field `langauge`"),
        ('{"language": "fr"}', "language 'fr' is none of en, ja"),
        ('{"device": "tpu"}', "'tpu'"),
        ('{"workspace": "here"}', "workspace 'here' is not an absolute path"),
        ('{"workspace": 3}', "$.workspace"),
        ("{", "truncated"),
        ("", "truncated"),
        ('{"language": "\udcff"}', ""),
    ],
)
def test_a_broken_file_is_named_and_kept(config: Path, text: str, said: str) -> None:
    config.mkdir()
    file = config / "settings.json"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert str(file) in str(caught.value)
    assert said in str(caught.value)
    assert "move it away to go on with the defaults" in str(caught.value)

    before = file.read_bytes()
    save_settings(Settings("ja"))
    assert load_settings() == Settings("ja")
    (kept,) = config.glob("settings.json.broken-*")
    assert kept.read_bytes() == before


def test_a_folder_in_its_place(config: Path) -> None:
    (config / "settings.json").mkdir(parents=True)
    with pytest.raises(SettingsError, match=r"settings\.json cannot be used: Is a directory"):
        load_settings()
    with pytest.raises(SettingsError, match=r"settings\.json cannot be written"):
        save_settings(Settings())
    assert names(config) == ["settings.json"]


def test_a_full_disk_leaves_the_old_settings(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_settings(Settings("ja"))

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SettingsError, match=r"settings\.json cannot be written \(No space left on device\)"):
        save_settings(Settings("en"))
    assert load_settings() == Settings("ja")
    assert names(config) == ["settings.json"]


def test_a_linked_file_stays_linked(config: Path, tmp_path: Path) -> None:
    config.mkdir()
    real = tmp_path / "dotfiles.json"
    real.write_text('{"language": "en"}')
    (config / "settings.json").symlink_to(real)
    save_settings(Settings("ja"))
    assert (config / "settings.json").is_symlink()
    assert json.loads(real.read_text())["language"] == "ja"


def test_a_folder_that_cannot_be_made(config: Path) -> None:
    config.write_text("a file")
    with pytest.raises(SettingsError, match=r"settings\.json cannot be written"):
        save_settings(Settings())


def test_changes_of_several_tutors_at_once_are_all_kept(config: Path) -> None:
    def add(name: str) -> None:
        for number in range(10):
            change_settings(lambda s, n=number: replace(s, keys={**s.keys, f"{name}.{n}": "x"}))  # type: ignore[misc]

    threads = [threading.Thread(target=add, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(load_settings().keys) == 40


def test_a_change_that_changes_nothing_writes_nothing(config: Path) -> None:
    change_settings(lambda settings: settings)
    assert not (config / "settings.json").exists()


def test_a_change_goes_on_where_there_can_be_no_lock(config: Path) -> None:
    config.mkdir()
    (config / "settings.lock").mkdir()
    change_settings(lambda settings: replace(settings, language="ja"))
    assert load_settings() == Settings("ja")


def test_what_cannot_be_chosen() -> None:
    with pytest.raises(ValueError, match="none of en, ja"):
        Settings(language="fr")
    with pytest.raises(ValueError, match="absolute"):
        Settings(workspace=Path("here"))

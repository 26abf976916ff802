"""``tutor`` without a command: how the app is wired to the session."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cli_tools import FakeEngine, tutor
from msgspec.structs import replace

from tutor import app
from tutor.catalog import Catalog, cache
from tutor.cli import paper
from tutor.cli.wiring import first_look, load_catalog
from tutor.session import Session
from tutor.workspace import Settings, SettingsError, Workspace, load_settings, save_settings


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the app was started with; it leaves at once, after doing what ``"during"`` says."""
    seen: dict[str, Any] = {"during": lambda **_: None}

    def run(factory: app.SessionFactory, **options: Any) -> int:
        seen.update(options, factory=factory)
        during: Callable[..., None] = seen["during"]
        during(**options)
        return 0

    monkeypatch.setattr(app, "run", run)
    monkeypatch.setattr(paper, "is_terminal", lambda *streams: True)
    monkeypatch.setattr(paper, "terminal", lambda: None)
    return seen


def test_the_first_start_asks_and_remembers(started: dict[str, Any], place: Path, tmp_path: Path) -> None:
    started["during"] = lambda remember, **_: remember(app.Choice("ja", tmp_path / "mine"))
    result = tutor()
    assert (result.status, result.err) == (0, "")
    assert started["choice"] is None
    assert started["folder"] == place
    assert load_settings() == Settings(language="ja", workspace=tmp_path / "mine")


def test_later_starts_know(started: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TUTOR_WORKSPACE")
    save_settings(Settings(language="ja", workspace=tmp_path / "mine", device="cpu"))
    tutor()
    assert started["choice"] == app.Choice("ja", tmp_path / "mine")
    assert started["preferences"].device == "cpu"
    tutor("--lang", "en", "--workspace", str(tmp_path / "other"))
    assert started["choice"] == app.Choice("en", tmp_path / "other")


def test_preferences_are_kept_beside_the_rest(started: dict[str, Any], tmp_path: Path) -> None:
    mine = Settings(language="ja", workspace=tmp_path / "mine")
    save_settings(mine)
    started["during"] = lambda keep, preferences, **_: keep(preferences._replace(theme="nord", keys={"app.quit": "Q"}))
    assert tutor().status == 0
    assert load_settings() == replace(mine, theme="nord", keys={"app.quit": "Q"})


def test_what_another_tutor_has_chosen_meanwhile_stays(started: dict[str, Any]) -> None:
    save_settings(Settings(language="ja", keys={"home.search": "s", "home.filter": "z"}))

    def during(keep: app.Keep, remember: app.Remember, preferences: app.Preferences, **_: object) -> None:
        theirs = Settings(language="en", device="cpu", keys={"home.filter": "z", "app.help": "h", "home.search": "s"})
        save_settings(theirs)
        mine = preferences._replace(theme="nord", keys={"home.filter": "z", "app.quit": "Q"})
        keep(mine)
        assert load_settings() == replace(
            theirs, theme="nord", keys={"home.filter": "z", "app.help": "h", "app.quit": "Q"}
        )
        keep(mine._replace(keys={}))
        assert load_settings() == replace(theirs, theme="nord", keys={"app.help": "h"})

    started["during"] = during
    assert tutor().status == 0


def test_what_could_not_be_kept_is_kept_with_the_next_change(
    started: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def during(keep: app.Keep, remember: app.Remember, preferences: app.Preferences, **_: object) -> None:
        def full(descriptor: int) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", full)
            with pytest.raises(SettingsError, match="until the tutor is closed"):
                keep(preferences._replace(theme="nord"))
            with pytest.raises(SettingsError, match="until the tutor is closed"):
                remember(app.Choice("ja", tmp_path / "mine"))
        keep(preferences._replace(theme="nord", device="cpu"))
        remember(app.Choice("ja", tmp_path / "mine"))
        assert load_settings() == Settings("ja", tmp_path / "mine", device="cpu", theme="nord")

    started["during"] = during
    assert tutor().status == 0


def test_options_of_one_run_are_not_remembered(started: dict[str, Any], tmp_path: Path) -> None:
    save_settings(Settings(language="ja", workspace=tmp_path / "mine"))
    other = tmp_path / "other"

    def during(remember: app.Remember, **_: object) -> None:
        remember(app.Choice("ja", other))
        assert load_settings() == Settings(language="ja", workspace=tmp_path / "mine")
        remember(app.Choice("en", other))  # the key for the language, twice
        assert load_settings() == Settings(language="en", workspace=tmp_path / "mine")
        remember(app.Choice("ja", other))
        assert load_settings() == Settings(language="ja", workspace=tmp_path / "mine")

    started["during"] = during
    assert tutor("--workspace", str(other)).status == 0


def test_the_factory_opens_a_session(started: dict[str, Any], tmp_path: Path) -> None:
    tutor()
    session = started["factory"](app.Choice("en", tmp_path / "new"))
    assert session.catalog.id_of(session.catalog.exercises[0]) == "sums/double"
    assert set(session.states().values()) == {"new"}
    assert (tmp_path / "new").is_dir()


def test_the_factory_refuses_with_a_sentence(started: dict[str, Any], tmp_path: Path) -> None:
    tutor()
    (tmp_path / "file").write_text("")
    with pytest.raises(app.SetupError, match="file"):
        started["factory"](app.Choice("en", tmp_path / "file"))


class Counted:
    """Makes engines, and counts them."""

    def __init__(self) -> None:
        self.made: list[tuple[Catalog, FakeEngine]] = []

    def __call__(self, catalog: Catalog) -> FakeEngine:
        self.made.append((catalog, FakeEngine(())))
        return self.made[-1][1]


@pytest.fixture
def engines() -> Counted:
    return Counted()


@pytest.fixture
def make_session(place: Path, engines: Counted) -> Callable[..., Session]:
    def make(catalog: Catalog, *later: Catalog) -> Session:
        return Session(catalog, Workspace.open(place), engines, iter(later).__next__)  # type: ignore[arg-type]

    return make


async def test_the_engine_is_made_when_it_is_needed(make_session: Callable[..., Session], engines: Counted) -> None:
    session = make_session(load_catalog())
    assert session.status.state == "stopped"
    assert set(session.states().values()) == {"new"}
    await session.close()
    assert engines.made == []
    await session.warm()
    assert session.status.state == "ready"
    assert len(engines.made) == 1


async def test_packs_that_have_changed_take_the_place_of_the_old_ones(
    make_session: Callable[..., Session], engines: Counted
) -> None:
    old, new = load_catalog(), Catalog(())
    session = make_session(old, load_catalog(), new)
    assert not session.check_packs()
    assert session.catalog is old
    assert session.check_packs()
    assert session.catalog is new
    await session.warm()
    assert [catalog for catalog, _engine in engines.made] == [new]  # it hides the folders of the packs there are


def test_a_session_without_a_way_to_load_packs_keeps_them(place: Path, engines: Counted) -> None:
    session = Session(load_catalog(), Workspace.open(place), engines)  # type: ignore[arg-type]
    assert not session.check_packs()


def test_the_first_look_is_the_catalogue(pack_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "SETTLED", -1e6)
    assert first_look() is None
    assert load_catalog() == first_look()

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from cli_pack import write_pack
from cli_tools import Answer, FakeEngine

from tutor.catalog import Exercise, load_pack
from tutor.cli import wiring
from tutor.workspace import Workspace


@pytest.fixture(scope="session")
def pack_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pack(tmp_path_factory.mktemp("tiny").resolve() / "pack")


@pytest.fixture(autouse=True)
def place(tmp_path: Path, pack_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The learner's folder, which is not there yet, with the tiny pack in place of the built-in one."""
    monkeypatch.setattr(wiring, "pack_folders", lambda: (pack_folder,))
    monkeypatch.setenv("TUTOR_WORKSPACE", str(tmp_path / "work"))
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    return tmp_path / "work"


@pytest.fixture
def workspace(place: Path) -> Workspace:
    return Workspace.open(place)


@pytest.fixture
def exercises(pack_folder: Path) -> dict[str, Exercise]:
    return {exercise.name: exercise for exercise in load_pack(pack_folder).exercises}


@pytest.fixture
def engine_says(monkeypatch: pytest.MonkeyPatch) -> Callable[..., FakeEngine]:
    """Put an engine in place that gives these answers, one a run."""

    def use(*answers: Answer, dead: str = "") -> FakeEngine:
        fake = FakeEngine(answers, dead)
        monkeypatch.setattr(wiring, "make_engine", lambda catalog, folder: fake)
        return fake

    return use

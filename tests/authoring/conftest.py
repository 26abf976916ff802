from __future__ import annotations

from pathlib import Path

import pytest
from authoring_tools import Counting, Sample

from tutor.authoring.new import new_pack
from tutor.grading import Engine


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A distribution as ``pack new`` makes it."""
    folder = tmp_path_factory.mktemp("made").resolve() / "sample"
    new_pack("sample", folder)
    return folder


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for all tests here: what one has graded, the next need not grade again."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def _places(cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    monkeypatch.setenv("TUTOR_WORKSPACE", str(tmp_path / "work"))


@pytest.fixture
def sample(made: Path, tmp_path: Path) -> Sample:
    return Sample(made, tmp_path.resolve() / "copy")


@pytest.fixture
def graders(engine: Engine) -> Counting:
    """The engine of the whole test session, behind what a check asks for."""
    return Counting((), (), "cpu", 1, running=[engine])

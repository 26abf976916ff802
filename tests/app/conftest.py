"""One fake session for each test, and the app on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from app_fakes import FakeSession, Remembered
from app_pilot import MakeApp

from tutor.app.app import TutorApp
from tutor.app.choice import Choice


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The learner's home folder, so that the paths on the screen are the same in every run."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("VISUAL", "EDITOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def session(folder: Path) -> FakeSession:
    return FakeSession(folder)


@pytest.fixture
def remembered() -> Remembered:
    return Remembered()


@pytest.fixture
def make_app(session: FakeSession, folder: Path, remembered: Remembered) -> MakeApp:
    """Makes the app; ``choice=None`` for a first start."""

    def make(language: str = "en", *, first_start: bool = False, **options: Any) -> TutorApp:
        choice = None if first_start else Choice(language, folder / "files")
        return TutorApp(
            lambda _choice: session, choice=choice, folder=folder / "torch-tutor", remember=remembered, **options
        )

    return make

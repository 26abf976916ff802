from __future__ import annotations

from pathlib import Path

import pytest
from workspace_samples import an_exercise

from tutor.catalog.model import Exercise
from tutor.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.open(tmp_path / "work")


@pytest.fixture
def exercise(tmp_path: Path) -> Exercise:
    return an_exercise(tmp_path / "pack")

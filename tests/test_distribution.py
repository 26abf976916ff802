"""The wheel: exercises and solutions travel in it, and it works from there."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=repository, check=True, capture_output=True)
    (built,) = folder.glob("torch_tutor-*.whl")
    return built


def test_the_wheel_holds_the_whole_pack(wheel: Path, repository: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    for room in ("exercises", "solutions"):
        for path in (repository / room).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                assert f"tutor/builtin/{path.relative_to(repository).as_posix()}" in held
    for extra in ("tutor/locale/ja/LC_MESSAGES/tutor.mo", "tutor/app/app.py"):
        assert extra in held
    for part in (repository / "tutor" / "authoring" / "scaffold").rglob("*"):
        assert part.is_dir() or part.relative_to(repository).as_posix() in held
    for style in (repository / "tutor" / "app").rglob("*.tcss"):
        assert style.relative_to(repository).as_posix() in held
    assert not [name for name in held if name.startswith(("tests/", "exercises/", "solutions/"))]


def test_the_pack_loads_from_the_wheel(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    code = "from tutor.catalog import *; p = builtin_pack(); print(p); print(len(load_pack(p).exercises))"
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True, env=environment, cwd=tmp_path
    )
    place, count = done.stdout.split()
    assert place == str(tmp_path / "tutor" / "builtin" / "exercises")
    assert int(count) >= 4

"""The README's two commands are what CI and people run: they must stay findable and free of global installs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("marker", "ends"),
    [("start command", "bin/tutor"), ("test command", "-m pytest -n auto --maxprocesses 4 --dist loadfile")],
)
def test_the_two_commands(repository: Path, marker: str, ends: str) -> None:
    text = (repository / "README.md").read_text(encoding="utf-8")
    found = re.findall(rf"<!-- {marker} -->\n```sh\n(.*?)\n```", text, re.S)
    assert len(found) == 1
    (command,) = found
    assert "\n" not in command
    assert command.startswith("python3 -m venv .venv && .venv/bin/pip install ")
    assert command.endswith(ends)

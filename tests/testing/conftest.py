"""What every test of ranks must leave behind: nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tutor.testing.ranks import Surroundings, use_surroundings


def children() -> set[str]:
    """Processes of this one's, dead ones that wait to be reaped included."""
    return {pid for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()}


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.fixture
def nothing_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No process, no open descriptor, no file in ``tmp_path``, which is where temporary files go."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    before = children(), descriptors()
    yield
    use_surroundings(Surroundings())
    assert (children(), descriptors()) == before
    assert list(tmp_path.iterdir()) == []

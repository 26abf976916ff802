"""What is chosen on the first start."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class SetupError(Exception):
    """A session cannot be opened with this choice. The text says why, in words for the learner."""


class Choice(NamedTuple):
    """What is asked on the first start."""

    language: str
    folder: Path
    """Where the learner's files go: absolute, ``~`` already expanded."""

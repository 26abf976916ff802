"""The names of axes that the screen translates are those that authors are told of, and every language has them."""

from pathlib import Path

import pytest

from tutor import locale
from tutor.app.facts import AXES, axis
from tutor.testing import matrix

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", AXES)
def test_authors_are_told_of_each(name: str) -> None:
    assert f'"{name}"' in " ".join((matrix.__doc__ or "").split())
    assert f'"{name}"' in " ".join((ROOT / "docs" / "instructors.md").read_text(encoding="utf-8").split())


@pytest.mark.parametrize("name", AXES)
def test_each_is_translated(name: str) -> None:
    locale.use("ja")
    assert axis(name) != name
    assert axis("made up") == "made up"

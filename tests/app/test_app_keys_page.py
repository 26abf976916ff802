"""docs/keys.md says the keys that there are."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import pytest
from tool_scripts import tool

from tutor.app.actions import ACTIONS
from tutor.app.host import SMALLEST
from tutor.app.keymap import understand

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return tool("keys")


def test_the_page_is_up_to_date(script: ModuleType) -> None:
    page = script.PAGE.read_text(encoding="utf-8")
    assert page == script.renewed(page), "run: python tools/keys.py"


def test_every_screen_and_action_is_on_it(script: ModuleType) -> None:
    page = script.PAGE.read_text(encoding="utf-8")
    assert script.PLACES.keys() == ACTIONS.keys()
    assert {action.id for actions in ACTIONS.values() for action in actions} <= set(
        re.findall(r"`([a-z_.]+)` \|", page)
    )


def test_a_page_without_a_place_for_them_is_refused(script: ModuleType) -> None:
    with pytest.raises(ValueError, match="lacks"):
        script.renewed("# Keys\n")


def test_its_example_holds(script: ModuleType) -> None:
    (example,) = re.findall(r'\{"keys": (\{.*\})\}', script.PAGE.read_text(encoding="utf-8"))
    wanted = dict(re.findall(r'"([a-z._]+)": "([^"]+)"', example))
    assert wanted
    assert understand(wanted).problems == ()


def test_it_names_the_smallest_terminal(script: ModuleType) -> None:
    assert "From {} columns and {} lines on".format(*SMALLEST) in script.PAGE.read_text(encoding="utf-8")


def test_the_readme_leads_to_it() -> None:
    assert "docs/keys.md" in (ROOT / "README.md").read_text(encoding="utf-8")

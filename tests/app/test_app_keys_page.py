"""docs/keys.md says the keys that there are."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from tutor.app.actions import ACTIONS
from tutor.app.host import SMALLEST
from tutor.app.keymap import understand

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("keys", ROOT / "tools" / "keys.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_up_to_date(tool: ModuleType) -> None:
    page = tool.PAGE.read_text(encoding="utf-8")
    assert page == tool.renewed(page), "run: python tools/keys.py"


def test_every_screen_and_action_is_on_it(tool: ModuleType) -> None:
    page = tool.PAGE.read_text(encoding="utf-8")
    assert tool.PLACES.keys() == ACTIONS.keys()
    assert {action.id for actions in ACTIONS.values() for action in actions} <= set(
        re.findall(r"`([a-z_.]+)` \|", page)
    )


def test_a_page_without_a_place_for_them_is_refused(tool: ModuleType) -> None:
    with pytest.raises(ValueError, match="lacks"):
        tool.renewed("# Keys\n")


def test_its_example_holds(tool: ModuleType) -> None:
    (example,) = re.findall(r'\{"keys": (\{.*\})\}', tool.PAGE.read_text(encoding="utf-8"))
    wanted = dict(re.findall(r'"([a-z._]+)": "([^"]+)"', example))
    assert wanted
    assert understand(wanted).problems == ()


def test_it_names_the_smallest_terminal(tool: ModuleType) -> None:
    assert "From {} columns and {} lines on".format(*SMALLEST) in tool.PAGE.read_text(encoding="utf-8")


def test_the_readme_leads_to_it() -> None:
    assert "docs/keys.md" in (ROOT / "README.md").read_text(encoding="utf-8")

"""What home, progress and settings look like, in both languages, at two sizes. Renew with ``--snapshot-update``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from app_fakes import FakeSession
from app_pilot import MakeApp, at_home, until
from test_app_progress import COMBINED, FOCAL, LOSS, NOW, progress, some_weeks
from textual.pilot import Pilot
from textual.widgets import Input

from tutor.app import amounts
from tutor.app.screens.filter import FilterScreen
from tutor.app.screens.settings import SettingsScreen

pytestmark = [
    pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"]),
    pytest.mark.parametrize("language", ["en", "ja"]),
]
Compare = Callable[..., bool]
Size = tuple[int, int]


@pytest.fixture(autouse=True)
def _some_weeks(session: FakeSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(amounts, "now", lambda: NOW)
    session.moments = list(some_weeks())
    session.met = [(COMBINED, "mean-or-sum", 12)]
    for exercise, state in ((LOSS, "passed"), (COMBINED, "passed"), (FOCAL, "failed")):
        session.set_state(exercise, state)  # type: ignore[arg-type]
    session.workspace.last_exercise = FOCAL


def test_home_narrowed_down(snap_compare: Compare, make_app: MakeApp, language: str, size: Size) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        screen = await at_home(pilot)
        await pilot.press("f")
        await until(pilot, lambda: isinstance(pilot.app.screen, FilterScreen))
        await pilot.press("down", "space", "right", "space", "right", "right", "space", "enter")
        await until(pilot, lambda: screen.filter.active)
        await pilot.press("slash")
        await until(pilot, lambda: isinstance(pilot.app.focused, Input))
        pilot.app.focused.cursor_blink = False  # type: ignore[union-attr]
        await pilot.press(*("loss" if language == "en" else "損失"))
        await until(pilot, lambda: screen.exercises.exercise is not None and screen.query_text)
        await pilot.pause()

    assert snap_compare(make_app(language), terminal_size=size, run_before=before)


def test_progress(snap_compare: Compare, make_app: MakeApp, language: str, size: Size) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await progress(pilot)
        await pilot.pause()

    assert snap_compare(make_app(language), terminal_size=size, run_before=before)


def test_settings(snap_compare: Compare, make_app: MakeApp, language: str, size: Size) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await at_home(pilot)
        await pilot.press("comma")
        await until(pilot, lambda: isinstance(pilot.app.screen, SettingsScreen))
        await pilot.press("down", "down")
        await pilot.pause()

    assert snap_compare(make_app(language), terminal_size=size, run_before=before)

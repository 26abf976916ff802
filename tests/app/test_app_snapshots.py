"""What the screens look like, in both languages, at two sizes. Renew with ``--snapshot-update``; look at the diff."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from app_fakes import FakeSession
from app_pilot import MakeApp, at_home, open_exercise, status, until
from textual.pilot import Pilot

from tutor.app.screens.ask import ConflictScreen, LeaveScreen
from tutor.app.screens.diff import DiffScreen
from tutor.app.screens.exercise import ExerciseScreen
from tutor.app.widgets.diff_view import DiffView
from tutor.catalog.model import Exercise

pytestmark = [
    pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"]),
    pytest.mark.parametrize("language", ["en", "ja"]),
]
Compare = Callable[..., bool]
Size = tuple[int, int]


@pytest.fixture(autouse=True)
def _some_progress(session: FakeSession) -> None:
    session.set_state("custom_loss/squared_error", "passed")
    session.set_state("custom_loss/combined", "failed")
    session.set_state("graphs/padding_mask", "started")
    session.workspace.last_exercise = "custom_loss/combined"


def exercise_of(session: FakeSession) -> Exercise:
    return session.catalog.packs[0].exercises[1]


def test_home(snap_compare: Compare, make_app: MakeApp, language: str, size: Size) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await at_home(pilot)

    assert snap_compare(make_app(language), terminal_size=size, run_before=before)


def test_lesson(snap_compare: Compare, make_app: MakeApp, language: str, size: Size) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await open_exercise(pilot)

    assert snap_compare(make_app(language), terminal_size=size, run_before=before)


@pytest.mark.parametrize("content", ["bad", "good"])
def test_result(
    snap_compare: Compare, make_app: MakeApp, session: FakeSession, language: str, size: Size, content: str
) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        screen = await open_exercise(pilot)
        session.workspace.path(exercise_of(session)).write_text(content)
        await until(pilot, lambda: screen._run is not None and screen._run.phase == "done")
        await until(pilot, lambda: status(pilot)[0] in "✓✗")
        await pilot.pause()
        screen.query_one("#result").scroll_home(animate=False)
        await pilot.pause()

    assert snap_compare(make_app(language), terminal_size=size, run_before=before)


def test_hints(snap_compare: Compare, make_app: MakeApp, session: FakeSession, language: str, size: Size) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        screen = await open_exercise(pilot)
        session.workspace.path(exercise_of(session)).write_text("bad")
        await until(pilot, lambda: screen.hints.hint is not None)
        await pilot.press("h")
        await until(pilot, lambda: screen.hints.hint is not None and screen.hints.hint.shown == 1)
        await until(pilot, lambda: pilot.app.focused is screen.hints)
        await pilot.pause()

    assert snap_compare(make_app(language), terminal_size=size, run_before=before)


CODE = """import torch
from torch import nn


class Combined(nn.Module):
    \"\"\"Two losses in one. 2 つの損失。\"\"\"

    def forward(self, input: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        # 重みは 0.5
        return 0.5 * (input - target).abs().mean()
"""


async def editing(pilot: Pilot[Any], session: FakeSession) -> ExerciseScreen:
    """The code is being edited, and holds something that is not saved."""
    session.open(exercise_of(session)).write_text(CODE + "# good")
    screen = await open_exercise(pilot)
    await until(pilot, lambda: status(pilot)[0] == "✓")
    await pilot.press("E")
    await until(pilot, lambda: screen.code.editing)
    await pilot.press("down", "down", "enter", *"import math")
    await until(pilot, lambda: "•" in status(pilot))
    await pilot.pause()
    return screen


def test_code(snap_compare: Compare, make_app: MakeApp, session: FakeSession, language: str, size: Size) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await editing(pilot, session)

    assert snap_compare(make_app(language), terminal_size=size, run_before=before)


def test_conflict(snap_compare: Compare, make_app: MakeApp, session: FakeSession, language: str, size: Size) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        screen = await editing(pilot, session)
        session.workspace.path(exercise_of(session)).write_text("good")
        await until(pilot, lambda: screen.code.disk is not None)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConflictScreen))
        await until(pilot, lambda: screen._run is not None and screen._run.phase == "done")
        await pilot.pause()

    assert snap_compare(make_app(language), terminal_size=size, run_before=before)


def test_leave(snap_compare: Compare, make_app: MakeApp, session: FakeSession, language: str, size: Size) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await editing(pilot, session)
        await pilot.press("ctrl+q")
        await until(pilot, lambda: isinstance(pilot.app.screen, LeaveScreen))
        await pilot.pause()

    assert snap_compare(make_app(language), terminal_size=size, run_before=before)


def test_diff(snap_compare: Compare, make_app: MakeApp, session: FakeSession, language: str, size: Size) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await editing(pilot, session)
        await pilot.press("escape", "d")
        await until(pilot, lambda: isinstance(pilot.app.screen, DiffScreen))
        await until(pilot, lambda: pilot.app.screen.query_one(DiffView)._lines)
        await pilot.pause()

    assert snap_compare(make_app(language), terminal_size=size, run_before=before)

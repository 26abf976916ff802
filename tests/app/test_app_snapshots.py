"""What the screens look like, in both languages, at two sizes. Renew with ``--snapshot-update``; look at the diff."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from app_fakes import FakeSession
from app_pilot import MakeApp, at_home, open_exercise, status, until
from textual.pilot import Pilot

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
        if content == "bad":
            await until(pilot, lambda: screen.hints.hint is not None)
            await pilot.press("h")
            await until(pilot, lambda: screen.hints.hint is not None and screen.hints.hint.shown == 1)
        await until(pilot, lambda: status(pilot)[0] in "✓✗")
        await pilot.pause()
        screen.query_one("#result").scroll_home(animate=False)
        await pilot.pause()

    assert snap_compare(make_app(language), terminal_size=size, run_before=before)

"""What is said of the row under the cursor of the list."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from app_fakes import FakeAttempt, FakeSession, report_of
from app_pack import copies
from app_pilot import MakeApp, at_home, until
from rich.cells import cell_len
from textual.events import Resize
from textual.geometry import Size

from tutor.app.screens.home import HomeScreen
from tutor.app.widgets.detail import Detail
from tutor.grading.report import RequirementResult

WIDE, NARROW, SMALL = (120, 40), (80, 24), (40, 12)


def detail(screen: HomeScreen) -> str:
    """What is said of the row under the cursor, without its line breaks."""
    return " ".join(str(screen.query_one(Detail).render()).split())


@pytest.mark.parametrize(("size", "shown"), [(WIDE, True), (NARROW, True), (SMALL, False), ((80, 14), False)])
async def test_there_is_a_detail_where_there_is_room(make_app: MakeApp, size: tuple[int, int], shown: bool) -> None:
    async with make_app().run_test(size=size) as pilot:
        screen = await at_home(pilot)
        assert screen.query_one(Detail).display is shown
        await pilot.resize_terminal(*SMALL)
        await until(pilot, lambda: not screen.query_one(Detail).display)
        await pilot.resize_terminal(*WIDE)
        await until(pilot, lambda: screen.query_one(Detail).size.width > 30)


async def test_below_a_short_list_requirements_are_said_and_nothing_jumps(make_app: MakeApp) -> None:
    async with make_app().run_test(size=NARROW) as pilot:
        screen = await at_home(pilot)
        assert "The gradient with respect to the input" in detail(screen)
        height = screen.query_one(Detail).size.height
        assert height > 4
        await pilot.press("minus", "slash", *"mean")
        await until(pilot, lambda: screen.query_text == "mean")
        assert screen.query_one(Detail).size.height == height


async def test_a_size_that_is_no_longer_true_lays_nothing_out_anew(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with make_app().run_test(size=NARROW) as pilot:
        screen = await at_home(pilot)
        height = screen.query_one(Detail).size.height
        sizes: list[Size] = []
        monkeypatch.setattr(screen, "_screen_resized", sizes.append)
        for size in ((20, 6), WIDE, NARROW):
            screen.post_message(Resize(Size(*size), Size(*size)))
        await until(pilot, lambda: sizes)
        assert set(sizes) == {Size(*NARROW)}
        assert screen.has_class("-tall")
        assert screen.query_one(Detail).size.height == height


async def test_below_a_long_list_the_detail_is_short(make_app: MakeApp, session: FakeSession) -> None:
    session.catalog.packs = copies(session.catalog.packs[0], 4)
    async with make_app().run_test(size=NARROW) as pilot:
        screen = await at_home(pilot)
        assert screen.query_one(Detail).outer_size.height == 4


async def test_a_fact_is_not_broken_in_its_middle(make_app: MakeApp, session: FakeSession) -> None:
    one = session.catalog.packs[0].exercises[0]
    session.workspace.attempts[one.key] = FakeAttempt(b"", report_of(one, [RequirementResult("test_scalar", "failed")]))
    session.moments = [(datetime(2026, 3, 1, 12, tzinfo=UTC).isoformat(), one.key, "failed")]
    async with make_app("ja").run_test(size=(62, 24)) as pilot:
        screen = await at_home(pilot)
        screen.exercises.go_to(one)
        await until(pilot, lambda: "前回の挑戦" in detail(screen))
        said = str(screen.query_one(Detail).render()).splitlines()
        assert any(line.startswith("これまで：") for line in said)
        assert all(cell_len(line) <= 60 for line in said)


async def test_an_exercise_is_said_with_its_last_attempt(make_app: MakeApp, session: FakeSession) -> None:
    one = session.catalog.packs[0].exercises[0]
    results = [RequirementResult(r.test, "passed" if n else "failed") for n, r in enumerate(one.requirements)]
    session.workspace.attempts[one.key] = FakeAttempt(b"", report_of(one, results))
    session.set_state(one.key, "failed")
    session.moments = [
        (datetime(2026, 3, 1, 12, minute, tzinfo=UTC).isoformat(), one.key, "failed") for minute in (0, 5)
    ]
    async with make_app().run_test(size=WIDE) as pilot:
        screen = await at_home(pilot)
        await until(pilot, lambda: "Last attempt" in detail(screen))
        said = detail(screen)
        assert "2026-03-01 · 3 of 4 requirements" in said
        assert "2 attempts · 5 min" in said
        assert "✗ The result is one number" in said
        assert "✓ The gradient with respect" in said


async def test_the_last_attempt_is_read_once_there_is_a_place_for_it(make_app: MakeApp, session: FakeSession) -> None:
    one = session.catalog.packs[0].exercises[0]
    session.workspace.attempts[one.key] = FakeAttempt(b"", report_of(one, [RequirementResult("test_scalar", "failed")]))
    session.moments = [(datetime(2026, 3, 1, 12, tzinfo=UTC).isoformat(), one.key, "failed")]
    async with make_app().run_test(size=SMALL) as pilot:
        screen = await at_home(pilot)
        await until(pilot, lambda: screen._tried is not None)
        await pilot.resize_terminal(*WIDE)
        await until(pilot, lambda: "Last attempt" in detail(screen))


async def test_a_topic_and_a_track_are_said(make_app: MakeApp, session: FakeSession) -> None:
    session.set_state("custom_loss/squared_error", "passed")
    async with make_app().run_test(size=WIDE) as pilot:
        screen = await at_home(pilot)
        await pilot.press("down")
        await until(pilot, lambda: "Losses and training" in detail(screen))
        await pilot.press("down")
        await until(pilot, lambda: detail(screen).startswith("Custom losses"))
        assert "1 of 3 passed" in detail(screen)
        assert "about 50 min to go" in detail(screen)
        assert "A summary of custom_loss" in detail(screen)
        await pilot.press("l")
        await until(pilot, lambda: "損失関数を自作する" in detail(screen))

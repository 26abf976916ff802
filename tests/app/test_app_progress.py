"""The screen of progress, on histories that are written down."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from app_fakes import FakeSession
from app_pack import copies
from app_pilot import MakeApp, at_home, tutor, until
from rich.cells import cell_len
from textual.pilot import Pilot

from tutor.app import amounts
from tutor.app.amounts import ago, bar, duration, streak_words
from tutor.app.screens.home import HomeScreen
from tutor.app.screens.progress import ProgressScreen
from tutor.app.widgets.progress_sections import Chart, Hard, Recent, Section, Topics, Whole

NOW = datetime(2026, 11, 21, 18, 30, tzinfo=UTC)
LOSS, COMBINED, FOCAL = "custom_loss/squared_error", "custom_loss/combined", "custom_loss/stable_focal"


def some_weeks() -> Iterator[tuple[str, str, str]]:
    """Three exercises over six weeks: one passed soon, one after long, one not yet."""
    told = [
        *((41, minute, LOSS, kind) for minute, kind in ((0, "opened"), (9, "failed"), (14, "passed"))),
        *((40 - day, minute, COMBINED, "failed") for day in range(8) for minute in (0, 6, 13, 50)),
        (32, 10, COMBINED, "passed"),
        *((day, 3 * day, FOCAL, "failed") for day in (20, 19, 12, 5, 2, 1, 0)),
        (0, 7, FOCAL, "error"),
    ]
    for days, minute, exercise, kind in told:
        when = NOW.replace(hour=9, minute=0) - timedelta(days=days) + timedelta(minutes=minute)
        yield when.isoformat(), exercise, kind


@pytest.fixture
def _weeks(session: FakeSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(amounts, "now", lambda: NOW)
    session.moments = list(some_weeks())
    session.met = [(COMBINED, "mean-or-sum", 12), ("gone/away", "x", 4)]
    session.set_state(LOSS, "passed")
    session.set_state(COMBINED, "passed")
    session.set_state(FOCAL, "failed")


async def progress(pilot: Pilot[None]) -> ProgressScreen:
    await at_home(pilot)
    await pilot.press("p")
    await until(pilot, lambda: isinstance(pilot.app.screen, ProgressScreen))
    screen = pilot.app.screen
    assert isinstance(screen, ProgressScreen)
    await until(pilot, lambda: screen.query_one(Topics).facts is not None and said(screen, Topics))
    return screen


def said(screen: ProgressScreen, section: type[Section]) -> str:
    return str(screen.query_one(section).visual)


@pytest.mark.usefixtures("_weeks")
async def test_what_was_done_is_shown(make_app: MakeApp) -> None:
    async with make_app().run_test(size=(100, 60)) as pilot:
        screen = await progress(pilot)
        whole = said(screen, Whole)
        assert "2 of 5 passed" in whole
        assert "43 attempts" in whole
        assert "3 days in a row (longest: 10)" in whole
        assert "about 1 h 40 min to go" in whole
        (topic,) = (line for line in said(screen, Topics).splitlines() if "Custom losses" in line)
        assert "━" in topic
        assert "2/3" in topic
        hard = said(screen, Hard)
        assert "32  ✓ A loss made of two" in hard
        assert " 8  ✗ A focal loss that stays finite" in hard
        assert "12  Mean or sum: does it matter?" in hard
        recent = said(screen, Recent).splitlines()
        assert recent[1].split() == ["today", "09:07", "!", "error", "A", "focal", "loss", "that", "stays", "finite"]
        assert "yesterday 09:03" in recent[3]


@pytest.mark.usefixtures("_weeks")
async def test_the_chart_shows_four_weeks_or_everything(make_app: MakeApp) -> None:
    async with make_app().run_test(size=(100, 60)) as pilot:
        screen = await progress(pilot)
        chart = said(screen, Chart)
        assert "the last 4 weeks" in chart
        assert "10-25" in chart
        assert "✓ " not in chart.splitlines()[6]  # nothing was passed for the first time
        await pilot.press("t")
        await until(pilot, lambda: "all days" in said(screen, Chart))
        chart = said(screen, Chart)
        assert "10-11" in chart
        assert chart.splitlines()[6].count("✓") == 2
        await pilot.press("t")
        await until(pilot, lambda: "the last 4 weeks" in said(screen, Chart))


@pytest.mark.usefixtures("_weeks")
@pytest.mark.parametrize("size", [(40, 12), (80, 24), (120, 40), (200, 50)])
async def test_every_part_is_as_wide_as_its_place(make_app: MakeApp, size: tuple[int, int]) -> None:
    async with make_app("ja").run_test(size=size) as pilot:
        screen = await progress(pilot)

        def fits() -> bool:
            # The sentences of the first part may go on in the next line.
            parts = [part for part in screen.query(Section) if part.display and not isinstance(part, Whole)]
            return all(cell_len(line) <= part.size.width for part in parts for line in str(part.visual).splitlines())

        await until(pilot, fits)
        assert all(part.size.width > 20 for part in screen.query(Section) if part.display)


async def test_of_many_topics_those_that_were_begun_are_shown(make_app: MakeApp, session: FakeSession) -> None:
    session.catalog.packs = copies(session.catalog.packs[0], 4)
    session.set_state(LOSS, "passed")
    async with make_app().run_test(size=(100, 60)) as pilot:
        screen = await progress(pilot)
        begun, rest = said(screen, Topics).splitlines()[1:]
        assert "Custom losses" in begun
        assert rest == "… 14 topics not begun"


@pytest.mark.usefixtures("_weeks")
async def test_it_speaks_the_language_and_keeps_the_place(make_app: MakeApp) -> None:
    async with make_app().run_test(size=(80, 24)) as pilot:
        screen = await progress(pilot)
        scroll = screen.query_one("#progress")
        scroll.scroll_to(y=5, animate=False)
        await until(pilot, lambda: scroll.scroll_offset.y == 5)
        await pilot.press("l")
        await until(pilot, lambda: "平均と和" in said(screen, Hard))
        assert "2 つの損失を組み合わせる" in said(screen, Hard)
        assert scroll.scroll_offset.y == 5
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))


async def test_nothing_done_yet_is_said_kindly(make_app: MakeApp) -> None:
    async with make_app().run_test(size=(80, 24)) as pilot:
        screen = await progress(pilot)
        assert "Nothing has been graded yet. Open an exercise" in said(screen, Whole)
        assert [s.display for s in (screen.query_one(Chart), screen.query_one(Hard), screen.query_one(Recent))] == [
            False,
            False,
            False,
        ]
        await pilot.press("p")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))


async def test_a_record_that_cannot_be_read_is_said(make_app: MakeApp, session: FakeSession) -> None:
    def history() -> None:
        raise OSError("the record is gone")

    async with make_app().run_test(size=(80, 24)) as pilot:
        await at_home(pilot)
        session.history = history  # type: ignore[method-assign,assignment]
        await pilot.press("p")
        await until(pilot, lambda: any("the record is gone" in n.message for n in pilot.app._notifications))
        assert tutor(pilot).session is session


class TestAmounts:
    @pytest.mark.parametrize(
        ("seconds", "words"),
        [(0, "0 min"), (29, "0 min"), (60, "1 min"), (3540, "59 min"), (3600, "1 h"), (7800, "2 h 10 min")],
    )
    def test_durations(self, seconds: float, words: str) -> None:
        assert duration(seconds) == words

    @pytest.mark.parametrize(
        ("days", "words"),
        [(0, "today 18:30"), (1, "yesterday 18:30"), (2, "2 days ago"), (6, "6 days ago"), (7, "2026-11-14")],
    )
    def test_how_long_ago(self, days: int, words: str) -> None:
        assert ago(NOW - timedelta(days=days), NOW) == words

    def test_a_clock_that_runs_ahead_is_a_date(self) -> None:
        assert ago(NOW + timedelta(days=2), NOW) == "2026-11-23"

    def test_streaks(self) -> None:
        assert streak_words(0, 0) == ""
        assert streak_words(0, 4) == "longest streak: 4 days"
        assert streak_words(1, 1) == "1 day in a row"
        assert streak_words(2, 5) == "2 days in a row (longest: 5)"

    def test_a_bar_never_says_all_or_nothing_when_it_is_not(self) -> None:
        for total in range(1, 60):
            for part in range(total + 1):
                done, left = bar(part, total, 10)
                assert len(done + left) == 10
                assert bool(done) == (part > 0)
                assert bool(left) == (part < total)
        assert bar(0, 0, 5) == ("", "─────")

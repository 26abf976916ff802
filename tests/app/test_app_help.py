"""The window of keys (`?`), and what is said where there is room for nothing else."""

from __future__ import annotations

import pytest
from app_pilot import MakeApp, at_home, until, words
from textual.pilot import Pilot
from textual.widgets import Static

from tutor.app.actions import EVERYWHERE, HOME, PALETTE
from tutor.app.screens.help import HelpScreen, KeyRow
from tutor.app.screens.home import HomeScreen
from tutor.app.screens.progress import ProgressScreen
from tutor.app.screens.settings import SettingsScreen
from tutor.app.screens.too_small import TooSmallScreen
from tutor.app.screens.welcome import WelcomeScreen
from tutor.app.widgets.status_line import StatusLine


async def help(pilot: Pilot[None]) -> HelpScreen:
    await pilot.press("question_mark")
    await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen) and pilot.app.screen.query(KeyRow))
    assert isinstance(pilot.app.screen, HelpScreen)
    await pilot.pause()
    return pilot.app.screen


def keys(screen: HelpScreen) -> list[str]:
    return [words(row, ".key") for row in screen.query(KeyRow)]


async def test_it_says_every_key_of_the_list_under_where_it_works(make_app: MakeApp) -> None:
    async with make_app().run_test(size=(100, 50)) as pilot:
        await at_home(pilot)
        screen = await help(pilot)
        assert len(keys(screen)) == len((*HOME, *EVERYWHERE, PALETTE)) + 4
        assert "↑ ↓ k j" in keys(screen)
        assert "Home End g G" in keys(screen)
        groups = [str(group.content) for group in screen.query(".group").results(Static)]
        assert groups == ["List of exercises", "Everywhere", "Moving"]
        await pilot.press("escape", "p")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProgressScreen))
        assert "↑ ↓" in keys(await help(pilot))


async def test_letters_move_the_cursor_as_it_says(make_app: MakeApp) -> None:
    async with make_app().run_test(size=(100, 50)) as pilot:
        screen = await at_home(pilot)
        first = screen.exercises.cursor
        await pilot.press("G")
        assert screen.exercises.row.exercise is not None
        assert screen.exercises.row.exercise.name == "all_reduce" or screen.exercises.cursor > first
        await pilot.press("k", "j", "g")
        assert screen.exercises.cursor == first


@pytest.mark.parametrize("language", ["en", "ja"])
async def test_in_a_small_terminal_what_a_key_does_stands_under_it(make_app: MakeApp, language: str) -> None:
    async with make_app(language).run_test(size=(40, 12)) as pilot:
        await at_home(pilot)
        screen = await help(pilot)
        await until(pilot, lambda: screen.has_class("-narrow"))
        row = screen.query(KeyRow).first()
        await until(pilot, lambda: row.query_one(".about").region.y > row.query_one(".key").region.y)
        assert row.query_one(".about").size.width >= 28


async def test_on_the_first_start_it_says_nothing_of_what_is_not_there(make_app: MakeApp) -> None:
    async with make_app(first_start=True).run_test(size=(100, 40)) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, WelcomeScreen))
        screen = await help(pilot)
        assert not screen.query_one("#help-fence").display
        await pilot.press("escape", "comma")
        await until(pilot, lambda: isinstance(pilot.app.screen, SettingsScreen) and pilot.app.screen.query(StatusLine))
        assert not pilot.app.screen.query_one(StatusLine).display  # nothing is being opened
        assert isinstance(pilot.app.screen, SettingsScreen)
        line = pilot.app.screen.lines.get_option("folder").prompt
        assert "not chosen yet" in str(line)


@pytest.mark.parametrize(("language", "lines"), [("en", 3), ("ja", 3)])
async def test_what_is_too_small_is_said_in_a_line_each(make_app: MakeApp, language: str, lines: int) -> None:
    async with make_app(language).run_test(size=(80, 24)) as pilot:
        await at_home(pilot)
        await pilot.resize_terminal(70, 6)
        await until(pilot, lambda: isinstance(pilot.app.screen, TooSmallScreen))
        said = words(pilot.app.screen, "#too-small").splitlines()
        assert len(said) == lines
        assert "30 × 8" in said[1]
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))

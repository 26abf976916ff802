"""The line of keys at the foot of a screen."""

from __future__ import annotations

import pytest
from app_fakes import FakeSession
from app_pilot import MakeApp, at_home, open_exercise, until
from rich.cells import cell_len
from textual.command import CommandPalette
from textual.pilot import Pilot
from textual.screen import Screen

from tutor.app.screens.help import HelpScreen
from tutor.app.widgets.key_line import KeyLine


def line(screen: Screen[object]) -> KeyLine:
    return screen.query_one(KeyLine)


def shown(screen: Screen[object]) -> str:
    return line(screen).render_line(0).text


async def click(pilot: Pilot[object], text: str) -> None:
    """Click on what the line shows as ``text``."""
    await pilot.click(KeyLine, offset=(place(pilot.app.screen, text), 0))


def place(screen: Screen[object], text: str) -> int:
    """The column in which ``text`` begins."""
    return cell_len(shown(screen).partition(text)[0])


async def test_it_fills_the_line_and_the_palette_stands_at_its_end(make_app: MakeApp) -> None:
    async with make_app().run_test(size=(90, 24)) as pilot:
        screen = await at_home(pilot)
        keys = "↵ Open / Search f Filter p Progress , Settings l 日本語 ? Help q Quit"
        assert shown(screen) == keys.ljust(78) + "▏^p Menu "
        assert line(screen).render_line(0).cell_length == 90


@pytest.mark.parametrize(
    ("language", "width", "keys"),
    [
        ("en", 76, "↵ Open / Search f Filter p Progress l 日本語 ? Help q Quit"),
        ("ja", 80, "↵ 開く / 検索 f 絞り込み p 進み具合 l English ? ヘルプ q 終了"),
        ("en", 60, "↵ Open / Search f Filter p Progress ? Help q Quit"),
        ("en", 40, "↵ Open / Search f Filter ? Help"),
        ("ja", 40, "↵ 開く / 検索 f 絞り込み ? ヘルプ"),
        ("en", 30, "↵ Open / Search ? Help"),
    ],
)
async def test_what_has_no_room_is_left_out_whole_and_help_last(
    make_app: MakeApp, language: str, width: int, keys: str
) -> None:
    async with make_app(language).run_test(size=(width, 24)) as pilot:
        screen = await at_home(pilot)
        assert shown(screen).partition("▏")[0].rstrip() == keys
        assert line(screen).render_line(0).cell_length == width
        assert "^p" in shown(screen)
        await click(pilot, "? ")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))


async def test_it_speaks_the_language(make_app: MakeApp) -> None:
    async with make_app().run_test() as pilot:
        screen = await at_home(pilot)
        await pilot.press("l")
        await until(pilot, lambda: "開く" in shown(screen))
        assert "English" in shown(screen)


async def test_a_click_is_as_good_as_the_key(make_app: MakeApp) -> None:
    async with make_app().run_test() as pilot:
        await at_home(pilot)
        await click(pilot, "Help")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, HelpScreen))
        await click(pilot, "Menu")
        await until(pilot, lambda: isinstance(pilot.app.screen, CommandPalette))


async def test_beside_the_keys_a_click_does_nothing(make_app: MakeApp) -> None:
    async with make_app().run_test() as pilot:
        screen = await at_home(pilot)
        await pilot.click(KeyLine, offset=(place(screen, "▏"), 0))
        await pilot.pause()
        assert pilot.app.screen is screen


async def test_the_mouse_tells_what_a_key_is_for(make_app: MakeApp) -> None:
    async with make_app().run_test() as pilot:
        screen = await at_home(pilot)
        plain = line(screen).render_line(0)
        await pilot.hover(KeyLine, offset=(place(screen, "Quit"), 0))
        assert line(screen).tooltip == "Leave the tutor; everything is kept."
        assert line(screen).render_line(0) != plain
        await pilot.hover("#heading")
        assert line(screen).tooltip is None
        assert line(screen).render_line(0) == plain


async def test_a_key_that_works_only_now_comes_and_goes(make_app: MakeApp, session: FakeSession) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await open_exercise(pilot)
        assert "Cancel" not in shown(screen)
        screen.check_action = lambda action, parameters: True  # type: ignore[method-assign]
        screen.refresh_bindings()
        await until(pilot, lambda: "Cancel" in shown(screen))


async def test_a_disabled_key_rings_and_does_nothing(make_app: MakeApp, monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[bool] = []
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await open_exercise(pilot)
        monkeypatch.setattr(pilot.app, "bell", lambda: rung.append(True))
        screen.check_action = lambda action, parameters: None if action == "back" else True  # type: ignore[method-assign]
        screen.refresh_bindings()
        await until(pilot, lambda: not all(key.enabled for key in line(screen).keys))
        await click(pilot, "Back")
        await pilot.pause()
        assert rung
        assert pilot.app.screen is screen

"""The settings: each change holds at once, is kept, and does no harm to what another tutor keeps."""

from __future__ import annotations

from pathlib import Path

import pytest
from app_fakes import FakeSession, Remembered
from app_pilot import MakeApp, at_home, open_exercise, status, tutor, until, words
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from tutor.app.choice import Choice, Preferences
from tutor.app.choosing import contrast, device_words, editor_problem, gpu_words, readable, rebindable
from tutor.app.looks import THEMES
from tutor.app.screens.confirm import ConfirmScreen
from tutor.app.screens.filter import FilterScreen
from tutor.app.screens.pick import KeyScreen, PickScreen, TypeScreen
from tutor.app.screens.settings import SettingsScreen


@pytest.fixture
def kept() -> list[Preferences]:
    return []


@pytest.fixture
def make(make_app: MakeApp, kept: list[Preferences]) -> MakeApp:
    def made(language: str = "en", **options: object) -> object:
        return make_app(language, keep=kept.append, **options)

    return made  # type: ignore[return-value]


async def settings(pilot: Pilot[None]) -> SettingsScreen:
    await at_home(pilot)
    await pilot.press("comma")
    await until(pilot, lambda: isinstance(pilot.app.screen, SettingsScreen))
    screen = pilot.app.screen
    assert isinstance(screen, SettingsScreen)
    await until(pilot, lambda: screen.lines.highlighted is not None)
    return screen


def line(screen: SettingsScreen, id: str) -> str:
    return str(screen.lines.get_option(id).prompt)


async def change(pilot: Pilot[None], id: str, dialogue: type[object]) -> None:
    """Open the dialogue of the line ``id``."""
    screen = pilot.app.screen
    assert isinstance(screen, SettingsScreen)
    screen.lines.highlighted = screen.lines.get_option_index(id)
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, dialogue))


async def pick(pilot: Pilot[None], id: str) -> None:
    """Choose ``id`` in the dialogue."""
    found = pilot.app.screen.query_one(OptionList)
    found.highlighted = found.get_option_index(id)
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, SettingsScreen | TypeScreen))


async def test_every_setting_is_shown(make: MakeApp, folder: Path) -> None:
    async with make(preferences=Preferences(editor="vim -p", device="cpu")).run_test() as pilot:
        screen = await settings(pilot)
        assert "English" in line(screen, "language")
        assert pilot.app.theme in line(screen, "theme")
        assert "cpu" in line(screen, "device")
        assert "vim -p" in line(screen, "editor")
        assert "~/files" in line(screen, "folder")
        await pilot.press("down", "down", "down", "down")
        await until(pilot, lambda: "settings.json" in words(screen, "#about"))
        await pilot.press("escape")
        await at_home(pilot)


async def test_the_language_changes_at_once_and_the_cursor_stays(make: MakeApp, remembered: Remembered) -> None:
    async with make().run_test() as pilot:
        screen = await settings(pilot)
        await change(pilot, "language", PickScreen)
        await pick(pilot, "ja")
        await until(pilot, lambda: "言語" in line(screen, "language"))
        assert "日本語" in line(screen, "language")
        assert words(screen, "#heading") == "設定"
        assert screen.lines.highlighted == screen.lines.get_option_index("language")
        await until(pilot, lambda: remembered.choices)
        assert isinstance(remembered.choices[-1], Choice)
        assert remembered.choices[-1].language == "ja"


async def test_a_theme_is_seen_while_one_moves_and_kept_with_enter(make: MakeApp, kept: list[Preferences]) -> None:
    async with make().run_test() as pilot:
        screen = await settings(pilot)
        before = pilot.app.theme
        await change(pilot, "theme", PickScreen)
        found = pilot.app.screen.query_one(OptionList)
        found.highlighted = found.get_option_index("nord")
        await until(pilot, lambda: pilot.app.theme == "nord")
        assert kept == []
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)
        assert pilot.app.theme == before
        await change(pilot, "theme", PickScreen)
        await pick(pilot, "nord")
        await until(pilot, lambda: [p.theme for p in kept] == ["nord"])
        assert pilot.app.theme == "nord"
        assert "nord" in line(screen, "theme")
        await pilot.press("delete")
        await until(pilot, lambda: pilot.app.theme == before)
        await until(pilot, lambda: kept[-1].theme is None)


async def test_the_device_says_what_there_is(make: MakeApp, session: FakeSession, kept: list[Preferences]) -> None:
    session.gpus = {"cuda": "13.0", "devices": ["Some GPU"]}
    async with make().run_test() as pilot:
        screen = await settings(pilot)
        await change(pilot, "device", PickScreen)
        await until(pilot, lambda: words(pilot.app.screen, "#note") == "Here: Some GPU")
        await pick(pilot, "cpu")
        assert "cpu" in line(screen, "device")
        assert tutor(pilot).device == "cpu"
        await until(pilot, lambda: [p.device for p in kept] == ["cpu"])
        await until(pilot, lambda: "Some GPU" in words(screen, "#about"))


async def test_gpus_that_cannot_be_looked_for_are_no_end(make: MakeApp, session: FakeSession) -> None:
    async def fails() -> None:
        raise OSError("no more processes")

    session.look_for_cuda = fails  # type: ignore[method-assign,assignment]
    async with make().run_test() as pilot:
        await settings(pilot)
        await change(pilot, "device", PickScreen)
        await until(pilot, lambda: words(pilot.app.screen, "#note") == "no more processes")


async def test_an_editor_is_checked_before_it_is_taken(
    make: MakeApp, kept: list[Preferences], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", "vi")
    async with make().run_test() as pilot:
        screen = await settings(pilot)
        assert line(screen, "editor").endswith("vi")
        await change(pilot, "editor", PickScreen)
        await pick(pilot, "builtin")
        await until(pilot, lambda: "built-in" in line(screen, "editor"))
        await change(pilot, "editor", PickScreen)
        await pick(pilot, "command")
        await until(pilot, lambda: isinstance(pilot.app.screen, TypeScreen))
        typed = pilot.app.screen.query_one(Input)
        for text, said in (
            ("", "name a command"),
            ("vi 'x", "quotation mark"),
            ("no-such-editor -w", "no editor no-such"),
        ):
            typed.value = text
            await pilot.press("enter")
            await until(pilot, lambda said=said: said in words(pilot.app.screen, "#note"))
        typed.value = " sh -c "
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen is screen)
        assert tutor(pilot).preferences.editor == "sh -c"
        await pilot.press("delete")
        await until(pilot, lambda: [p.editor for p in kept] == ["builtin", "sh -c", None])


async def test_a_key_is_chosen_by_pressing_it_and_works_at_once(make: MakeApp, kept: list[Preferences]) -> None:
    async with make().run_test() as pilot:
        screen = await settings(pilot)
        await change(pilot, "key home.filter", KeyScreen)
        await pilot.press("q")
        await until(pilot, lambda: "“Quit”" in words(pilot.app.screen, "#note"))
        await pilot.press("down")
        await until(pilot, lambda: "lists and pages need it" in words(pilot.app.screen, "#note"))
        await pilot.press("z")
        await until(pilot, lambda: pilot.app.screen is screen)
        assert "z *" in line(screen, "key home.filter")
        await until(pilot, lambda: [dict(p.keys) for p in kept] == [{"home.filter": "z"}])
        await pilot.press("escape")
        await at_home(pilot)
        await pilot.press("f")
        await pilot.pause()
        assert not isinstance(pilot.app.screen, FilterScreen)
        await pilot.press("z")
        await until(pilot, lambda: isinstance(pilot.app.screen, FilterScreen))


async def test_a_key_is_left_alone_with_escape_and_put_back_with_delete(make: MakeApp, kept: list[Preferences]) -> None:
    preferences = Preferences(keys={"home.filter": "z", "home.search": "s"})
    async with make(preferences=preferences).run_test() as pilot:
        screen = await settings(pilot)
        await change(pilot, "key home.filter", KeyScreen)
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)
        assert kept == []
        await pilot.press("delete")
        await until(pilot, lambda: [dict(p.keys) for p in kept] == [{"home.search": "s"}])
        assert "f" in line(screen, "key home.filter")
        await change(pilot, "reset", ConfirmScreen)
        await pilot.press("y")
        await until(pilot, lambda: dict(kept[-1].keys) == {})
        assert "*" not in line(screen, "key home.search")


async def test_settings_open_over_an_exercise_and_only_once(make: MakeApp) -> None:
    async with make().run_test() as pilot:
        screen = await open_exercise(pilot)
        await pilot.press("comma")
        await until(pilot, lambda: isinstance(pilot.app.screen, SettingsScreen))
        await pilot.press("comma")
        await pilot.pause()
        assert sum(isinstance(s, SettingsScreen) for s in pilot.app.screen_stack) == 1
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)


async def test_what_cannot_be_kept_is_said_and_holds(make_app: MakeApp) -> None:
    def keep(preferences: Preferences) -> None:
        raise OSError("settings.json cannot be written, so the choice holds until the tutor is closed.")

    async with make_app(keep=keep).run_test() as pilot:
        await settings(pilot)
        await change(pilot, "device", PickScreen)
        await pick(pilot, "cpu")
        await until(pilot, lambda: any("until the tutor is closed" in n.message for n in pilot.app._notifications))
        assert tutor(pilot).device == "cpu"
        assert "cpu" in status(pilot) or "cpu" in words(pilot.app.screen, "#device")


class TestChoosing:
    def test_own_themes_can_be_read(self) -> None:
        assert all(readable(theme) for theme in THEMES)

    def test_black_on_white_has_all_contrast_there_is(self) -> None:
        from textual.color import Color

        assert contrast(Color.parse("#000"), Color.parse("#fff")) == pytest.approx(21)
        assert contrast(Color.parse("#777"), Color.parse("#777")) == 1

    def test_a_theme_that_hides_its_words_is_left_out(self) -> None:
        from textual.theme import Theme

        assert not readable(Theme("faint", primary="#222", foreground="#333333", background="#303030", dark=True))

    @pytest.mark.parametrize(
        ("answer", "said"),
        [
            (None, "cannot be imported"),
            ({"cuda": None, "devices": []}, "built without CUDA"),
            ({"cuda": "13.0", "devices": []}, "No GPU is seen"),
            ({"cuda": "13.0", "devices": ["A", "B"]}, "Here: A, B"),
        ],
    )
    def test_gpus_in_words(self, answer: dict[str, object] | None, said: str) -> None:
        assert said in gpu_words(answer)

    def test_every_device_has_words(self) -> None:
        assert len({device_words(d) for d in ("auto", "cpu", "cuda")}) == 3

    def test_every_action_that_can_be_changed_is_listed_once(self) -> None:
        ids = [action.id for _name, actions in rebindable() for action in actions]
        assert len(ids) == len(set(ids))
        assert {"home.search", "app.quit", "exercise.grade", "progress.range"} <= set(ids)

    @pytest.mark.parametrize("command", ["sh", "sh -c 'x y'", "/bin/sh"])
    def test_commands_that_are_there(self, command: str) -> None:
        assert editor_problem(command) is None

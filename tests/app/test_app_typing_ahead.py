"""Keys that are typed faster than the app gets where they lead."""

from __future__ import annotations

import pytest
from app_pilot import MakeApp, at_home, tutor, until
from textual import events
from textual.widgets import Input

from tutor.app import typing_ahead


async def test_a_key_that_went_astray_comes_before_those_that_were_typed_after_it(make_app: MakeApp) -> None:
    async with make_app().run_test(size=(80, 24)) as pilot:
        home = await at_home(pilot)
        await pilot.press("slash")
        line = home.query_one("#search", Input)
        home.exercises.focus()
        await until(pilot, lambda: home.exercises.has_focus)
        astray = events.Key("平", "平")
        astray._set_forwarded()
        home.exercises.post_message(astray)
        tutor(pilot).type_into(line)
        for letter in "均二乗":
            pilot.app.post_message(events.Key(letter, letter))
        await until(pilot, lambda: len(line.value) == 4)
        assert line.value == "平均二乗"


async def test_keys_do_not_wait_for_somebody_who_has_gone(make_app: MakeApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typing_ahead, "PATIENCE", 0.01)
    async with make_app().run_test(size=(80, 24)) as pilot:
        home = await at_home(pilot)
        await pilot.press("slash")
        line = home.query_one("#search", Input)
        home.exercises.focus()
        await until(pilot, lambda: home.exercises.has_focus)
        with monkeypatch.context() as gone:
            gone.setattr(home.exercises, "post_message", lambda message: True)  # nothing comes back from it
            tutor(pilot).type_into(line)
        pilot.app.post_message(events.Key("a", "a"))
        await until(pilot, lambda: line.value == "a")
        pilot.app.post_message(events.Key("b", "b"))
        await until(pilot, lambda: line.value == "ab")

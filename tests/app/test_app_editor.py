"""The built-in editor on its screen: typing, saving, searching, leaving."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from app_fakes import FakeSession
from app_pilot import MakeApp, exercise, open_exercise, status, tutor, until
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from tutor.app.choice import Preferences
from tutor.app.screens.ask import LeaveScreen
from tutor.app.screens.exercise import ExerciseScreen
from tutor.app.screens.home import HomeScreen
from tutor.app.widgets.code_editor import CodeEditor
from tutor.app.widgets.find_bar import FindBar
from tutor.catalog.model import Exercise

CODE = "import torch\n\n\ndef f(x):\n    return x\n"


def first(session: FakeSession) -> Exercise:
    return session.catalog.packs[0].exercises[0]


def on_disk(session: FakeSession) -> str:
    return session.workspace.path(first(session)).read_bytes().decode()


def toasts(pilot: Pilot[Any]) -> str:
    return " ".join(str(n.message) for n in pilot.app._notifications)


async def editing(pilot: Pilot[Any], session: FakeSession, code: str = CODE) -> ExerciseScreen:
    """The exercise is open, its file holds ``code``, and the cursor stands at the beginning of it."""
    session.open(first(session)).write_bytes(code.encode())
    screen = await open_exercise(pilot)
    await until(pilot, lambda: screen.code.text == code.replace("\r\n", "\n"))
    await pilot.press("E")
    await until(pilot, lambda: screen.code.editing)
    return screen


def editor(screen: ExerciseScreen) -> CodeEditor:
    return screen.query_one(CodeEditor)


async def test_save_and_grade(make_app: MakeApp, session: FakeSession) -> None:
    async with make_app().run_test() as pilot:
        screen = await editing(pilot, session)
        await until(pilot, lambda: "Not yet" in status(pilot))
        assert "ctrl+s" in screen.active_bindings
        assert "r" not in screen.active_bindings  # a letter is a letter
        await pilot.press(*"# good", "enter")
        await until(pilot, lambda: "• unsaved" in status(pilot))
        assert on_disk(session) == CODE
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Passed" in status(pilot))
        assert on_disk(session) == "# good\n" + CODE
        assert not screen.code.dirty
        assert session.checked[-1] == on_disk(session).encode()
        assert len(session.checked) == 2  # the save itself is no change by somebody else
        await pilot.press("ctrl+s")  # again, as it is
        await until(pilot, lambda: len(session.checked) == 3)
        assert session.workspace.kept == []


async def test_undo_goes_back_to_what_is_saved(make_app: MakeApp, session: FakeSession) -> None:
    async with make_app().run_test() as pilot:
        screen = await editing(pilot, session)
        await pilot.press("a")
        await until(pilot, lambda: screen.code.dirty)
        await pilot.press("ctrl+z")
        await until(pilot, lambda: not screen.code.dirty)
        await pilot.press("ctrl+y")
        await until(pilot, lambda: screen.code.text == "a" + CODE)


async def test_indents_comments_and_backspace(make_app: MakeApp, session: FakeSession) -> None:
    async with make_app().run_test() as pilot:
        screen = await editing(pilot, session, "def f(x):\n")
        text = editor(screen)
        await pilot.press("end", "enter", *"if x:", "enter", *"y", "enter")
        assert screen.code.text == "def f(x):\n    if x:\n        y\n        \n"
        await pilot.press("backspace", *"z")
        assert screen.code.text == "def f(x):\n    if x:\n        y\n    z\n"
        await pilot.press("up", "shift+up", "tab")
        assert screen.code.text == "def f(x):\n        if x:\n            y\n    z\n"
        await pilot.press("shift+tab", "shift+tab")
        assert screen.code.text == "def f(x):\nif x:\n    y\n    z\n"
        await pilot.press("ctrl+underscore")
        assert screen.code.text == "def f(x):\n# if x:\n#     y\n    z\n"
        assert text.selected_text == "# if x:\n#     y"
        await pilot.press("ctrl+underscore", "home")
        assert screen.code.text == "def f(x):\nif x:\n    y\n    z\n"
        await pilot.press("end", "tab")
        assert screen.code.text == "def f(x):\nif x:\n    y   \n    z\n"


async def test_japanese_is_typed_pasted_and_saved(make_app: MakeApp, session: FakeSession) -> None:
    async with make_app().run_test() as pilot:
        screen = await editing(pilot, session)
        for character in "# 損失は良い good":  # what an input method sends when a word is chosen
            await pilot.press("space" if character == " " else character)
        text = editor(screen)
        pilot.app.post_message(events.Paste("、値\r\n\x1b"))
        await until(pilot, lambda: "、値\n" in screen.code.text)
        assert text.cursor_screen_offset.x == text.content_region.x + text.gutter_width
        await pilot.press("up", "end")
        assert text.cursor_screen_offset.x == text.content_region.x + text.gutter_width + 2 + 10 + 5 + 4
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Passed" in status(pilot))
        assert on_disk(session) == "# 損失は良い good、値\n" + CODE


async def test_keys_that_arrive_together_keep_their_order(make_app: MakeApp, session: FakeSession) -> None:
    async with make_app().run_test() as pilot:
        screen = await editing(pilot, session, "xy = 1\n")
        for key in ("end", "backspace", "2", "home", "delete", "a", "right", "b"):
            pilot.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await until(pilot, lambda: "b" in screen.code.text)
        await pilot.pause()
        assert screen.code.text == "ayb = 2\n"


async def test_the_ends_of_lines_stay_as_they_are(make_app: MakeApp, session: FakeSession) -> None:
    async with make_app().run_test() as pilot:
        screen = await editing(pilot, session, "a\r\nb")
        assert not screen.code.dirty
        await pilot.press(*"good", "enter", "ctrl+s")
        await until(pilot, lambda: not screen.code.dirty)
        assert on_disk(session) == "good\r\na\r\nb"


async def test_search(make_app: MakeApp, session: FakeSession) -> None:
    async with make_app().run_test() as pilot:
        screen = await editing(pilot, session, "one\ntwo one\nthree One\n")
        await pilot.press("ctrl+f")
        bar = screen.query_one(FindBar)
        await until(pilot, lambda: isinstance(pilot.app.focused, Input))
        await pilot.press(*"one")
        await until(pilot, lambda: str(bar.query_one("#find-count").visual) == "1 of 3")
        await pilot.press("enter")
        await until(pilot, lambda: screen.code.place == (2, 8))
        await pilot.press("up")
        await until(pilot, lambda: screen.code.place == (1, 4))
        await pilot.press(*"x")
        await until(pilot, lambda: str(bar.query_one("#find-count").visual) == "not found")
        await pilot.press("backspace", "escape")
        await until(pilot, lambda: pilot.app.focused is editor(screen))
        assert not bar.display
        await pilot.press("f3")
        await until(pilot, lambda: screen.code.place == (2, 8))
        await pilot.press("shift+f3")
        await until(pilot, lambda: screen.code.place == (1, 4))
        assert screen.code.text == "one\ntwo one\nthree One\n"


async def test_escape_leads_out_step_by_step(make_app: MakeApp, session: FakeSession) -> None:
    async with make_app().run_test() as pilot:
        screen = await editing(pilot, session)
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.focused is screen.code)
        assert "enter" in screen.active_bindings
        await pilot.press("enter")
        await until(pilot, lambda: screen.code.editing)
        await pilot.press("escape", "escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))


async def test_a_click_goes_into_the_text(make_app: MakeApp, session: FakeSession) -> None:
    async with make_app().run_test() as pilot:
        screen = await editing(pilot, session)
        await pilot.press("escape", "1", "2")
        await until(pilot, lambda: pilot.app.focused is screen.code)
        await pilot.click(CodeEditor, offset=(editor(screen).gutter_width + 2, 3))
        await until(pilot, lambda: screen.code.editing)
        assert screen.code.place == (4, 3)


async def test_what_cannot_be_saved_is_said_and_stays(make_app: MakeApp, session: FakeSession) -> None:
    async with make_app().run_test() as pilot:
        screen = await editing(pilot, session)
        await pilot.press(*"good")
        session.workspace.problem = "The disk is full."
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "The disk is full." in toasts(pilot))
        assert screen.code.dirty
        assert on_disk(session) == CODE
        session.workspace.problem = None
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Passed" in status(pilot))


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"a\xe9\n", "is not UTF-8"), (b"a\x0c\n", "control character U+000C")],
)
async def test_what_cannot_be_edited_here_is_said(
    make_app: MakeApp, session: FakeSession, content: bytes, said: str
) -> None:
    session.open(first(session)).write_bytes(content)
    async with make_app().run_test() as pilot:
        screen = await open_exercise(pilot)
        await pilot.press("E")
        await until(pilot, lambda: said in toasts(pilot))
        assert said in str(screen.query_one("#code-problem").visual)
        assert not screen.query(CodeEditor)
        session.workspace.path(first(session)).write_bytes(b"good\n")  # mended
        await until(pilot, lambda: screen.query(CodeEditor))
        assert screen.code.text == "good\n"


async def test_a_file_of_thousands_of_lines_is_coloured_where_it_is_seen(
    make_app: MakeApp, session: FakeSession
) -> None:
    async with make_app().run_test() as pilot:
        screen = await editing(pilot, session, "x = 'text'\n" * 3000)
        text = editor(screen)
        if not text.is_syntax_aware:
            pytest.skip("tree-sitter is not installed")
        assert 0 < len(text._highlights) < 400
        await pilot.press("ctrl+end" if "ctrl+end" in screen.active_bindings else "f7")
        text.scroll_end(animate=False)
        await until(pilot, lambda: 2999 in text._highlights)


async def test_without_tree_sitter_the_text_is_plain(
    make_app: MakeApp, session: FakeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutor.app.highlighting.missing", lambda: "No colours here.")
    async with make_app().run_test() as pilot:
        screen = await editing(pilot, session)
        assert not editor(screen).is_syntax_aware
        assert str(screen.query_one("#code-plain").visual) == "No colours here."
        await pilot.press(*"good", "ctrl+s")
        await until(pilot, lambda: "Passed" in status(pilot))


async def test_a_grammar_that_fails_leaves_the_text_plain(
    make_app: MakeApp, session: FakeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutor.app.highlighting.missing", lambda: None)
    monkeypatch.setattr("tutor.app.widgets.code_editor.QUERY", "(no_such_node) @keyword")
    async with make_app().run_test() as pilot:
        screen = await editing(pilot, session)
        assert editor(screen).language is None
        assert screen.code.text == CODE


# Which editor


async def test_e_opens_the_built_in_editor_where_it_is_preferred(
    make_app: MakeApp, session: FakeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", "no-such-editor-anywhere")
    async with make_app(preferences=Preferences(editor="builtin")).run_test() as pilot:
        screen = await open_exercise(pilot)
        await pilot.press("e")
        await until(pilot, lambda: screen.code.editing)


async def test_and_where_there_is_no_other(make_app: MakeApp) -> None:
    async with make_app().run_test() as pilot:
        screen = await open_exercise(pilot)
        await pilot.press("e")
        await until(pilot, lambda: screen.code.editing)


async def test_and_where_the_app_cannot_step_aside(make_app: MakeApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", "true")
    async with make_app().run_test() as pilot:  # the headless driver cannot suspend
        screen = await open_exercise(pilot)
        await pilot.press("e")
        await until(pilot, lambda: screen.code.editing)


async def test_and_where_something_is_not_saved(
    make_app: MakeApp, session: FakeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", "no-such-editor-anywhere")
    async with make_app().run_test() as pilot:
        screen = await editing(pilot, session)
        await pilot.press("a", "escape")
        await until(pilot, lambda: pilot.app.focused is screen.code)
        await pilot.press("e")
        await until(pilot, lambda: screen.code.editing)


async def test_the_editor_of_the_settings_comes_first(
    make_app: MakeApp, session: FakeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", "true")
    async with make_app(preferences=Preferences(editor="chosen-editor-that-is-not-there")).run_test() as pilot:
        monkeypatch.setattr("tutor.app.editor.WINDOWED", {"chosen-editor-that-is-not-there"})
        await open_exercise(pilot)
        await pilot.press("e")
        await until(pilot, lambda: "There is no editor chosen-editor-that-is-not-there" in toasts(pilot))


# Leaving with something unsaved


WAYS = [["escape", "escape"], ["escape", "n"], ["escape", "q"], ["ctrl+q"]]


async def typed(pilot: Pilot[Any], session: FakeSession) -> ExerciseScreen:
    screen = await editing(pilot, session)
    await pilot.press(*"good")
    await until(pilot, lambda: screen.code.dirty)
    return screen


async def asked(pilot: Pilot[Any], keys: list[str]) -> None:
    for key in keys:
        await pilot.press(key)
        await pilot.pause()
    await until(pilot, lambda: isinstance(pilot.app.screen, LeaveScreen))


def left(pilot: Pilot[Any], screen: ExerciseScreen) -> bool:
    return pilot.app.screen is not screen and not isinstance(pilot.app.screen, LeaveScreen)


@pytest.mark.parametrize("keys", WAYS, ids="+".join)
async def test_staying_changes_nothing(make_app: MakeApp, session: FakeSession, keys: list[str]) -> None:
    async with make_app().run_test() as pilot:
        screen = await typed(pilot, session)
        await asked(pilot, keys)
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)
        assert screen.code.dirty
        assert tutor(pilot).unsaved
        assert pilot.app.is_running
        await asked(pilot, ["ctrl+q"])  # it can be asked again
        await pilot.press("ctrl+q")  # and once is enough
        await pilot.press("d")


@pytest.mark.parametrize("keys", WAYS, ids="+".join)
async def test_saving_saves_and_leaves(make_app: MakeApp, session: FakeSession, keys: list[str]) -> None:
    async with make_app().run_test() as pilot:
        screen = await typed(pilot, session)
        await asked(pilot, keys)
        await pilot.press("s")
        await until(pilot, lambda: left(pilot, screen) or not pilot.app.is_running)
    assert on_disk(session) == "good" + CODE
    assert session.workspace.kept == []
    assert session.workspace.typed == {}


@pytest.mark.parametrize("keys", WAYS, ids="+".join)
async def test_discarding_keeps_a_copy_and_leaves(make_app: MakeApp, session: FakeSession, keys: list[str]) -> None:
    async with make_app().run_test() as pilot:
        screen = await typed(pilot, session)
        await asked(pilot, keys)
        await pilot.press("d")
        await until(pilot, lambda: left(pilot, screen) or not pilot.app.is_running)
    assert on_disk(session) == CODE
    assert session.workspace.kept == [("good" + CODE).encode()]
    assert session.workspace.typed == {}


async def test_a_full_disk_keeps_the_learner_here(make_app: MakeApp, session: FakeSession) -> None:
    async with make_app().run_test() as pilot:
        screen = await typed(pilot, session)
        session.workspace.problem = "The disk is full."
        for key in "sd":
            await asked(pilot, ["ctrl+q"])
            await pilot.press(key)
            await until(pilot, lambda: pilot.app.screen is screen)
            assert screen.code.dirty
        session.workspace.problem = None
        await asked(pilot, ["ctrl+q"])
        await pilot.press("s")


async def test_reset_keeps_what_was_not_saved_too(make_app: MakeApp, session: FakeSession) -> None:
    async with make_app().run_test() as pilot:
        screen = await typed(pilot, session)
        await pilot.press("escape", "R")
        await until(pilot, lambda: pilot.app.screen is not screen)
        await pilot.press("y")
        await until(pilot, lambda: "The stub is back" in toasts(pilot))
        assert session.workspace.kept == [("good" + CODE).encode()]
        await until(pilot, lambda: screen.code.text == first(session).stub.read_text())
        assert not screen.code.dirty


async def test_what_is_typed_while_it_is_saved_is_not_lost(make_app: MakeApp, session: FakeSession) -> None:
    async with make_app().run_test() as pilot:
        screen = await typed(pilot, session)
        write, go = session.workspace.write, asyncio.Event()
        loop = asyncio.get_running_loop()

        def slow(what: Exercise, content: bytes, base: bytes | None) -> object:
            asyncio.run_coroutine_threadsafe(go.wait(), loop).result(60)
            return write(what, content, base)

        session.workspace.write = slow  # type: ignore[method-assign, assignment]
        await pilot.press("ctrl+s", *"more")
        await until(pilot, lambda: screen.code.text == "goodmore" + CODE)
        go.set()
        await until(pilot, lambda: screen.code.base == ("good" + CODE).encode())
        assert screen.code.dirty
        assert screen.code.disk is None
        await pilot.press("ctrl+s")
        await until(pilot, lambda: on_disk(session) == "goodmore" + CODE)
        await until(pilot, lambda: not screen.code.dirty)
        assert exercise(pilot) is screen

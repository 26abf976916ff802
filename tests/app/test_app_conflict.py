"""Two hands on one file, and ends that nobody planned: whatever is not taken is kept."""

from __future__ import annotations

from typing import Any

import pytest
from app_fakes import FakeSession, FakeUnsaved
from app_pilot import MakeApp, at_home, open_exercise, status, tutor, until, words
from textual.pilot import Pilot

from tutor.app.screens.ask import ConflictScreen, FoundScreen
from tutor.app.screens.diff import DiffScreen
from tutor.app.screens.exercise import ExerciseScreen
from tutor.app.widgets.code_editor import CodeEditor
from tutor.catalog.model import Exercise

CODE = "one\ntwo\nthree\n"


def first(session: FakeSession) -> Exercise:
    return session.catalog.packs[0].exercises[0]


def on_disk(session: FakeSession) -> str:
    return session.workspace.path(first(session)).read_text()


def save_elsewhere(session: FakeSession, text: str) -> None:
    session.workspace.path(first(session)).write_text(text)


async def editing(pilot: Pilot[Any], session: FakeSession) -> ExerciseScreen:
    session.open(first(session)).write_text(CODE)
    screen = await open_exercise(pilot)
    await until(pilot, lambda: screen.code.text == CODE)
    await pilot.press("E")
    await until(pilot, lambda: screen.code.editing)
    return screen


async def conflict(pilot: Pilot[Any], session: FakeSession) -> ExerciseScreen:
    """Something was typed, and something else saved by another program."""
    screen = await editing(pilot, session)
    await pilot.press(*"mine ")
    await until(pilot, lambda: screen.code.dirty)
    save_elsewhere(session, "theirs good\n")
    await until(pilot, lambda: screen.code.disk is not None)
    return screen


# Nothing typed


async def test_a_clean_text_follows_the_file_and_keeps_the_cursor(make_app: MakeApp, session: FakeSession) -> None:
    async with make_app().run_test() as pilot:
        screen = await editing(pilot, session)
        await pilot.press("down", "down", "right")
        assert screen.code.place == (3, 2)
        save_elsewhere(session, "zero\none\ntwo\nthree\nfour\n")
        await until(pilot, lambda: "zero" in screen.code.text)
        assert screen.code.place == (4, 2)
        assert not screen.code.dirty
        assert screen.code.editing
        await pilot.press("ctrl+z")  # and even that can be taken back
        await until(pilot, lambda: screen.code.text == CODE)
        assert screen.code.dirty


# Both


async def test_who_types_is_told_and_not_interrupted(make_app: MakeApp, session: FakeSession) -> None:
    async with make_app().run_test() as pilot:
        screen = await conflict(pilot, session)
        assert "changed by another program" in words(screen, "#code-conflict")
        await until(pilot, lambda: "was changed while you typed" in status(pilot))
        await pilot.press(*"and more ")
        assert screen.code.text == "mine and more " + CODE
        assert pilot.app.screen is screen
        await until(pilot, lambda: b"theirs good\n" in session.checked)  # a save is graded, whoever made it


@pytest.mark.parametrize("keys", [["escape"], ["ctrl+s"]])
async def test_mine_is_kept_and_the_file_becomes_a_copy(
    make_app: MakeApp, session: FakeSession, keys: list[str]
) -> None:
    async with make_app().run_test() as pilot:
        screen = await conflict(pilot, session)
        await pilot.press(*keys)
        await until(pilot, lambda: isinstance(pilot.app.screen, ConflictScreen))
        await pilot.press("k")
        await until(pilot, lambda: pilot.app.screen is screen)
        await until(pilot, lambda: session.workspace.kept == [b"theirs good\n"])
        if keys == ["escape"]:
            assert on_disk(session) == "theirs good\n"  # nothing was saved yet
            await pilot.press("ctrl+s")
        await until(pilot, lambda: on_disk(session) == "mine " + CODE)
        await until(pilot, lambda: not screen.code.dirty)
        assert session.workspace.kept == [b"theirs good\n"]


async def test_the_file_is_taken_and_mine_becomes_a_copy(make_app: MakeApp, session: FakeSession) -> None:
    async with make_app().run_test() as pilot:
        screen = await conflict(pilot, session)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConflictScreen))
        await pilot.press("t")
        await until(pilot, lambda: screen.code.text == "theirs good\n")
        assert session.workspace.kept == [("mine " + CODE).encode()]
        assert not screen.code.dirty
        assert on_disk(session) == "theirs good\n"
        assert tutor(pilot).unsaved == {}


async def test_the_two_can_be_compared_and_decided_later(make_app: MakeApp, session: FakeSession) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await conflict(pilot, session)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConflictScreen))
        question = pilot.app.screen
        await pilot.press("d")
        await until(pilot, lambda: isinstance(pilot.app.screen, DiffScreen))
        assert "What you typed" in words(pilot.app.screen, "#heading")
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is question)
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)
        assert screen.code.disk is not None
        assert session.workspace.kept == []
        await pilot.click("#code-conflict")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConflictScreen))
        await pilot.press("escape")


async def test_it_is_asked_at_once_where_nobody_types(make_app: MakeApp, session: FakeSession) -> None:
    async with make_app().run_test() as pilot:
        screen = await editing(pilot, session)
        await pilot.press("a", "escape")
        await until(pilot, lambda: pilot.app.focused is screen.code)
        save_elsewhere(session, "theirs")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConflictScreen))
        await pilot.press("k")


async def test_a_full_disk_decides_nothing(make_app: MakeApp, session: FakeSession) -> None:
    async with make_app().run_test() as pilot:
        screen = await conflict(pilot, session)
        session.workspace.problem = "The disk is full."
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConflictScreen))
        await pilot.press("t")
        await until(pilot, lambda: any("disk is full" in str(n.message) for n in pilot.app._notifications))
        assert screen.code.text == "mine " + CODE
        assert screen.code.disk is not None
        session.workspace.problem = None


async def test_a_file_that_comes_back_to_what_it_was_is_no_conflict(make_app: MakeApp, session: FakeSession) -> None:
    async with make_app().run_test() as pilot:
        screen = await conflict(pilot, session)
        save_elsewhere(session, CODE)
        await until(pilot, lambda: screen.code.disk is None)
        assert screen.code.dirty
        save_elsewhere(session, "mine " + CODE)  # nor one that holds what was typed
        await until(pilot, lambda: not screen.code.dirty)


async def test_a_file_that_is_gone_leaves_the_text(make_app: MakeApp, session: FakeSession) -> None:
    async with make_app().run_test() as pilot:
        screen = await editing(pilot, session)
        session.workspace.path(first(session)).unlink()
        await until(pilot, lambda: screen.code.gone)
        assert screen.code.dirty  # it is all that there is now
        assert screen.code.text == CODE
        await until(pilot, lambda: "still here" in words(screen, "#code-conflict"))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: session.workspace.path(first(session)).exists())
        await until(pilot, lambda: not screen.code.dirty)
        assert on_disk(session) == CODE


# Ends that nobody planned


async def test_what_is_typed_is_written_down_until_it_is_saved(make_app: MakeApp, session: FakeSession) -> None:
    key = first(session).key
    async with make_app().run_test() as pilot:
        await editing(pilot, session)
        await pilot.press(*"good")
        await until(pilot, lambda: session.workspace.typed.get(key) == ("good" + CODE).encode())
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Passed" in status(pilot))
        await until(pilot, lambda: session.workspace.typed == {})


async def test_an_app_that_ends_without_asking_has_written_it_down(make_app: MakeApp, session: FakeSession) -> None:
    async with make_app().run_test() as pilot:
        screen = await editing(pilot, session)
        await pilot.press(*"typed")
        await until(pilot, lambda: screen.code.dirty)
        pilot.app.exit(return_code=129)  # what a signal does
    assert session.workspace.typed == {first(session).key: ("typed" + CODE).encode()}
    assert on_disk(session) == CODE


async def test_a_crash_has_too(make_app: MakeApp, session: FakeSession) -> None:
    async def crash(pilot: Pilot[Any]) -> None:
        screen = await editing(pilot, session)
        await pilot.press(*"typed")
        await until(pilot, lambda: screen.code.dirty)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        async with make_app().run_test() as pilot:
            await crash(pilot)
    assert session.workspace.typed == {first(session).key: ("typed" + CODE).encode()}


@pytest.fixture
def left(session: FakeSession) -> FakeUnsaved:
    """What an earlier start left behind."""
    unsaved = FakeUnsaved(b"typed good\n")
    session.workspace.left[first(session).key] = unsaved
    session.open(first(session)).write_text(CODE)
    return unsaved


async def offered(pilot: Pilot[Any]) -> ExerciseScreen:
    """The exercise is open, and over it the question about what was found."""
    await at_home(pilot)
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, FoundScreen))
    screen = pilot.app.screen_stack[-2]
    assert isinstance(screen, ExerciseScreen)
    return screen


async def test_what_was_left_can_be_taken_up(make_app: MakeApp, session: FakeSession, left: FakeUnsaved) -> None:
    async with make_app().run_test() as pilot:
        screen = await offered(pilot)
        assert "2026-11-21 09:00" in words(pilot.app.screen, "#question")
        await pilot.press("t")
        await until(pilot, lambda: screen.query(CodeEditor) and screen.code.text == "typed good\n")
        assert screen.code.dirty
        await until(pilot, lambda: session.workspace.left == {})
        assert session.workspace.typed == {first(session).key: b"typed good\n"}  # it is still not saved
        await pilot.press("ctrl+s")
        await until(pilot, lambda: on_disk(session) == "typed good\n")
        assert session.workspace.kept == []


async def test_or_become_a_copy(make_app: MakeApp, session: FakeSession, left: FakeUnsaved) -> None:
    async with make_app().run_test() as pilot:
        screen = await offered(pilot)
        await pilot.press("k")
        await until(pilot, lambda: session.workspace.kept == [left.content])
        assert session.workspace.left == {}
        assert screen.code.text == CODE


async def test_or_wait(make_app: MakeApp, session: FakeSession, left: FakeUnsaved) -> None:
    async with make_app().run_test(size=(60, 20)) as pilot:
        screen = await offered(pilot)
        await pilot.press("d")
        await until(pilot, lambda: isinstance(pilot.app.screen, DiffScreen))
        await pilot.press("d")
        await until(pilot, lambda: isinstance(pilot.app.screen, FoundScreen))
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)
        assert session.workspace.left
        assert session.workspace.kept == []

"""What came of a save, for who types in the built-in editor and has no room for the result beside it."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest
from app_fakes import FakeOutcome, FakeSession, passing, report_of
from app_pilot import PATIENCE, MakeApp, at_home, exercise, open_exercise, status, until, words
from textual.pilot import Pilot

from tutor.app.screens.exercise import ExerciseScreen
from tutor.app.widgets.code_editor import CodeEditor
from tutor.app.widgets.key_line import KeyLine
from tutor.app.widgets.verdict_strip import VerdictStrip
from tutor.catalog.model import Exercise
from tutor.grading.report import Fault, Report, RequirementResult

CODE = "import torch\n\n\ndef f(x):\n    return x\n"


def first(session: FakeSession) -> Exercise:
    return session.catalog.packs[0].exercises[0]


def toasts(pilot: Pilot[Any]) -> list[str]:
    return [str(n.message) for n in pilot.app._notifications]


async def typing(pilot: Pilot[Any], session: FakeSession, code: str = CODE) -> ExerciseScreen:
    session.open(first(session)).write_bytes(code.encode())
    screen = await open_exercise(pilot)
    await until(pilot, lambda: "Not yet" in status(pilot))
    await pilot.press("E")
    await until(pilot, lambda: screen.code.editing)
    return screen


def said(screen: ExerciseScreen) -> str:
    strip = screen.query_one(VerdictStrip)
    return str(strip.visual) if strip.display else ""


def stopped(session: FakeSession, message: str) -> Report:
    """The file is no Python: nothing was graded."""
    results = tuple(RequirementResult(r.test, "not_run") for r in first(session).requirements)
    return Report(first(session).id, "cpu", 0, "error", Fault("syntax", message, 7), 0.01, results)


async def test_the_first_failure_stands_beneath_the_text(make_app: MakeApp, session: FakeSession) -> None:
    async with make_app().run_test(size=(80, 24)) as pilot:
        screen = await typing(pilot, session)
        text = screen.query_one(CodeEditor)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Not yet" in status(pilot) and len(session.checked) == 2)
        lines = said(screen).splitlines()
        assert lines[0].startswith("✗ The value should be 0.432099")
        assert lines[-1].endswith("^r: the result")
        assert len(lines) <= 2
        assert pilot.app.focused is text
        await pilot.press("ctrl+r")
        await until(pilot, lambda: screen.shown == "result" and not screen.code.editing)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: pilot.app.focused is text)


async def test_a_pass_says_the_way_on(make_app: MakeApp, session: FakeSession) -> None:
    async with make_app().run_test(size=(80, 24)) as pilot:
        screen = await typing(pilot, session)
        await pilot.press(*"# good", "enter", "ctrl+s")
        await until(pilot, lambda: said(screen).startswith("✓ Passed: all 4 requirements."))
        assert said(screen).endswith("esc n: the next exercise")
        assert pilot.app.focused is screen.query_one(CodeEditor)
        await pilot.press("escape")
        await until(pilot, lambda: said(screen).endswith(" n: the next exercise") and "esc" not in said(screen))
        await pilot.press("n")
        await until(pilot, lambda: exercise(pilot).exercise.name == "combined")


async def test_the_way_on_as_one_key(make_app: MakeApp, session: FakeSession) -> None:
    """Escape and a key right after it come from many terminals as one."""
    async with make_app().run_test(size=(80, 24)) as pilot:
        screen = await typing(pilot, session)
        await pilot.press("alt+b")  # nothing of the screen's
        await pilot.press("alt+3")
        await until(pilot, lambda: screen.shown == "result" and not screen.code.editing)
        assert screen.code.text == CODE


async def test_it_stays_until_there_is_another(make_app: MakeApp, session: FakeSession) -> None:
    async with make_app().run_test(size=(80, 24)) as pilot:
        screen = await typing(pilot, session)
        await until(pilot, lambda: said(screen))
        before, gate = said(screen), asyncio.Event()
        session.queue.append([gate, *passing(2, first(session))])
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "grading" in status(pilot))
        assert said(screen) == before
        assert screen.query_one(VerdictStrip).has_class("-old")
        gate.set()
        await until(pilot, lambda: said(screen).startswith("✓"))
        assert not screen.query_one(VerdictStrip).has_class("-old")


async def test_where_the_result_is_in_sight_it_is_not_said_twice(make_app: MakeApp, session: FakeSession) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await typing(pilot, session)
        assert not said(screen)
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: said(screen))


@pytest.mark.parametrize("size", [(40, 12), (80, 24)])
@pytest.mark.parametrize("language", ["en", "ja"])
async def test_it_takes_two_lines_at_most(
    make_app: MakeApp, session: FakeSession, size: tuple[int, int], language: str
) -> None:
    message = (
        "値は 1 になるはずですが、2 になりました。" if language == "ja" else "The value should be 1, but it is 2. "
    )
    results = [RequirementResult(r.test, "failed", message * 5, line=12) for r in first(session).requirements]
    session.queue.append([FakeOutcome(report_of(first(session), results))])
    async with make_app(language).run_test(size=size) as pilot:
        session.open(first(session)).write_bytes(CODE.encode())
        screen = await open_exercise(pilot)
        await pilot.press("E")
        await until(pilot, lambda: screen.code.editing and said(screen))
        await until(pilot, lambda: screen.query_one(VerdictStrip).size.height == 2)
        assert said(screen).startswith("✗ 12 行目: 値は" if language == "ja" else "✗ line 12: The value")
        assert "…" in said(screen)


async def test_the_cursor_stays_in_sight(make_app: MakeApp, session: FakeSession) -> None:
    async with make_app().run_test(size=(80, 24)) as pilot:
        session.open(first(session)).write_bytes(b"\n" * 60)
        session.queue.append([gate := asyncio.Event(), *passing(1, first(session))])
        screen = await open_exercise(pilot)
        await pilot.press("E")
        await until(pilot, lambda: screen.code.editing)
        text = screen.query_one(CodeEditor)
        height = text.size.height
        await pilot.press(*["down"] * (height - 1))
        assert text.scroll_offset.y == 0
        gate.set()
        await until(pilot, lambda: text.size.height < height)
        await until(pilot, lambda: text.scroll_offset.y == height - text.size.height)


async def test_the_line_is_said_once_and_leads_there(make_app: MakeApp, session: FakeSession) -> None:
    session.queue.append([FakeOutcome(stopped(session, "This is not Python (line 7): '(' was never closed."))])
    async with make_app().run_test(size=(80, 24)) as pilot:
        session.open(first(session)).write_bytes(b"x\n" * 9)
        screen = await open_exercise(pilot)
        await until(pilot, lambda: "Not graded" in status(pilot))
        await pilot.press("3")
        assert words(screen, "#fault").splitlines()[0] == "! This is not Python (line 7): '(' was never closed."
        assert words(screen, "#fault").split("What it means")[0].count("line 7") == 1
        fault = screen.query_one("#fault")
        await until(pilot, lambda: fault.region.width)
        await pilot.click("#fault", offset=(words(screen, "#fault").index("line 7") + 1, 0))
        await until(pilot, lambda: screen.code.editing and screen.code.place == (7, 1))
        await until(pilot, lambda: said(screen).startswith("! This is not Python (line 7)"))


async def test_why_there_is_no_hint_is_true_and_said_once(make_app: MakeApp, session: FakeSession) -> None:
    session.queue.append([FakeOutcome(stopped(session, "This is not Python."))])
    async with make_app().run_test(size=(80, 24)) as pilot:
        session.open(first(session)).write_bytes(b"(")
        screen = await open_exercise(pilot)
        await until(pilot, lambda: "Not graded" in status(pilot))
        await until(pilot, lambda: "could not be graded" in words(screen, "#hint-more"))
        session.workspace.attempts.clear()  # the fake would give a hint all the same
        await pilot.press("h", "h")
        await until(pilot, lambda: any("could not be graded" in toast for toast in toasts(pilot)))
        await pilot.pause()
        assert len(toasts(pilot)) == 1


async def test_to_both_ends_of_the_file(make_app: MakeApp, session: FakeSession) -> None:
    async with make_app().run_test(size=(80, 24)) as pilot:
        screen = await typing(pilot, session)
        text = screen.query_one(CodeEditor)
        await pilot.press("ctrl+end")
        assert screen.code.place == (6, 1)
        await pilot.press("up", "right", "ctrl+home")
        assert screen.code.place == (1, 1)
        await pilot.press("ctrl+shift+end")
        assert text.selected_text == CODE
        await pilot.press("right", "ctrl+shift+home")
        assert text.selected_text == CODE


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("width", [40, 80])
async def test_the_footer_says_how_to_save_and_to_leave(
    make_app: MakeApp, session: FakeSession, language: str, width: int
) -> None:
    async with make_app(language).run_test(size=(width, 24)) as pilot:
        session.open(first(session)).write_bytes(CODE.encode())
        screen = await open_exercise(pilot)
        await pilot.press("E")
        await until(pilot, lambda: screen.code.editing)
        await pilot.pause()
        shown = screen.query_one(KeyLine).render_line(0).text
        assert "^s " in shown
        assert "esc " in shown
        assert "^r " in shown


async def test_the_key_that_edits_may_come_before_the_file_is_there(make_app: MakeApp, session: FakeSession) -> None:
    there, opening = threading.Event(), session.open

    def slowly(wanted: Exercise) -> Path:
        there.wait(PATIENCE)
        return opening(wanted)

    session.open = slowly  # type: ignore[method-assign]
    async with make_app().run_test(size=(80, 24)) as pilot:
        await at_home(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ExerciseScreen))
        await pilot.press("e")
        there.set()
        await until(pilot, lambda: exercise(pilot).code.editing)

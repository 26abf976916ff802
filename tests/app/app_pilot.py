"""Waiting for the app in tests: for what is to happen, never for a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Static

from tutor.app.app import TutorApp
from tutor.app.screens.exercise import ExerciseScreen
from tutor.app.screens.home import HomeScreen
from tutor.app.widgets.page_text import PageText
from tutor.app.widgets.requirements import RequirementRow

PATIENCE = 120.0
"""Seconds after which what has not happened will not happen."""

MakeApp = Callable[..., TutorApp]
"""See the fixture ``make_app``."""

W = TypeVar("W", bound=Widget)


async def until(pilot: Pilot[Any], happened: Callable[[], object]) -> None:
    """Let the app work until ``happened()``."""
    async with asyncio.timeout(PATIENCE):
        while not happened():
            await pilot.pause()
            await asyncio.sleep(0.01)  # threads and the watcher get their turn


def tutor(pilot: Pilot[Any]) -> TutorApp:
    assert isinstance(pilot.app, TutorApp)
    return pilot.app


def home(pilot: Pilot[Any]) -> HomeScreen:
    assert isinstance(pilot.app.screen, HomeScreen)
    return pilot.app.screen


def exercise(pilot: Pilot[Any]) -> ExerciseScreen:
    assert isinstance(pilot.app.screen, ExerciseScreen)
    return pilot.app.screen


async def at_home(pilot: Pilot[Any]) -> HomeScreen:
    """The list is there, and the engine is warm."""
    await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen) and home(pilot).query("CatalogList"))
    await until(pilot, lambda: home(pilot).exercises.exercise)
    await until(pilot, lambda: tutor(pilot).engine == "ready")
    return home(pilot)


async def open_exercise(pilot: Pilot[Any]) -> ExerciseScreen:
    """Open the exercise under the cursor; its file is there, is watched, and its lesson is shown."""
    await at_home(pilot)
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, ExerciseScreen))
    screen = exercise(pilot)
    await taken_up(pilot, screen)
    return screen


async def taken_up(pilot: Pilot[Any], screen: ExerciseScreen) -> None:
    await until(pilot, lambda: page(screen.query_one("#lesson")))
    await until(pilot, lambda: screen.ready)
    await pilot.pause()


def verdicts(screen: ExerciseScreen) -> list[str]:
    """The state of each requirement as the screen shows it."""
    return [row.verdict.plain.splitlines()[0].split(" ", 1)[1] for row in screen.query(RequirementRow)]


def words(widget: Widget, selector: str) -> str:
    """What the label shows."""
    return str(widget.query_one(selector, Static).visual)


def status(pilot: Pilot[Any]) -> str:
    return words(pilot.app.screen, "#status")


def page(widget: Widget) -> str:
    """The source of the first page of Markdown in ``widget``; empty while there is none."""
    return next((text.source for text in widget.query(PageText)), "")

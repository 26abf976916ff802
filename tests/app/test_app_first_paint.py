"""What the first paint shows, and what does not hold it up. Counted, never timed."""

from __future__ import annotations

import os
import pty
import select
import signal
import struct
import sys
import time
from concurrent.futures import Future
from fcntl import ioctl
from pathlib import Path
from termios import TIOCSWINSZ
from typing import Any

import msgspec
import pytest
from app_fakes import FakeSession, Remembered
from app_pilot import MakeApp, at_home, home, status, until, words

from tutor.app.app import TutorApp
from tutor.app.choice import Choice, SetupError
from tutor.app.opening import Opened, look, open_beside
from tutor.app.screens.home import HomeScreen
from tutor.app.screens.welcome import WelcomeScreen
from tutor.app.widgets.detail import Detail
from tutor.catalog.model import Exercise

PATIENCE = 180.0
NOT_BEFORE_THE_PAINT = {
    *("click", "email", "gettext", "hashlib", "importlib.metadata", "json", "symtable", "tomllib"),
    *("anyio", "markdown_it", "pygments", "watchfiles", "textual.widgets._footer", "textual.widgets._markdown"),
    *("tutor.app.ports", "tutor.app.runs", "tutor.app.screens.exercise", "tutor.app.screens.modal"),
    *("tutor.app.screens.filter", "tutor.app.screens.progress", "tutor.app.screens.settings", "tutor.app.searching"),
    *("tutor.app.widgets.search_bar", "tutor.workspace.history"),
    *("tutor.app.screens.welcome", "tutor.catalog.faq", "tutor.catalog.load", "tutor.catalog.manifest"),
    *("tutor.catalog.stamps", "tutor.cli.root", "tutor.feedback", "tutor.grading", "numpy", "torch"),
}
PROGRAM = """
import gc, os, sys
from tutor.app import start
from tutor.catalog import cache

cache.SETTLED = -1e6  # the packs are kept however lately they were changed
collect = start._collect_garbage


def painted():
    before = gc.isenabled()
    collect()
    lines = [f"{before} {gc.isenabled()}", *sorted(sys.modules)]
    with open(os.environ["PAINTED"] + ".part", "w") as file:
        file.write("\\n".join(lines))
    os.rename(os.environ["PAINTED"] + ".part", os.environ["PAINTED"])


start._collect_garbage = painted
start.PATIENCE = 180.0  # this test has no opinion about the speed of the machine
from tutor.cli import main

main()
"""


def opened(session: FakeSession) -> Future[Opened]:
    future: Future[Opened] = Future()
    future.set_result(look(session))
    return future


def app_on(session: FakeSession, folder: Path, **options: Any) -> TutorApp:
    return TutorApp(
        lambda _choice: session,
        choice=Choice("en", folder / "files"),
        folder=folder,
        remember=Remembered(),
        **options,
    )


def many(session: FakeSession, number: int) -> list[Exercise]:
    """Give the session a pack with one topic of ``number`` exercises."""
    pack = session.catalog.packs[0]
    track = pack.tracks[0]
    topic = track.topics[0]
    exercises = [msgspec.structs.replace(topic.exercises[0], name=f"exercise{n}") for n in range(number)]
    topic = msgspec.structs.replace(topic, exercises=tuple(exercises))
    track = msgspec.structs.replace(track, topics=(topic,))
    session.catalog.packs = (msgspec.structs.replace(pack, tracks=(track,)),)
    return exercises


async def test_the_first_paint_shows_all_there_is(session: FakeSession, folder: Path) -> None:
    session.set_state("custom_loss/squared_error", "passed")
    session.workspace.last_exercise = "custom_loss/combined"
    shown: dict[str, object] = {}

    def painted() -> None:
        screen = app.screen
        assert isinstance(screen, HomeScreen)
        shown["chosen"] = screen.exercises.exercise
        shown["first line"] = screen.exercises.render_line(0).text.split()[:3]
        shown["first exercise"] = screen.exercises.render_line(4).text.split()[:2]
        shown["detail"] = str(screen.query_one(Detail).render()).splitlines()[0]
        shown["heading"] = words(screen, "#heading")
        shown["keys"] = [key.words for key in screen.query_one("KeyLine").keys]  # type: ignore[attr-defined]
        shown["engine"] = app.engine

    app = app_on(session, folder, opening=opened(session), painted=painted)
    async with app.run_test() as pilot:
        await until(pilot, lambda: shown)
        assert shown == {
            "chosen": session.catalog.packs[0].exercises[1],
            "first line": ["→", "Next:", "A"],
            "first exercise": ["✓", "passed"],
            "detail": "A loss made of two  custom_loss/combined",
            "heading": "torch-tutor   1 of 5 passed   ━━━─────────────",
            "keys": ["Open", "Search", "Filter", "Progress", "Settings", "日本語", "Help", "Quit"],
            "engine": "off",
        }
        await at_home(pilot)


async def test_what_to_go_on_with_is_in_sight_however_far_down_it_is(session: FakeSession, folder: Path) -> None:
    exercises = many(session, 100)
    session.workspace.last_exercise = exercises[70].key
    seen: list[tuple[int, str]] = []

    def painted() -> None:
        found = home_of(app).exercises
        seen.append((found.scroll_offset.y, found.row.kind))

    app = app_on(session, folder, opening=opened(session), painted=painted)
    async with app.run_test() as pilot:
        screen = await at_home(pilot)
        assert screen.exercises.exercise == exercises[70]
        assert seen == [(0, "resume")]


def home_of(app: TutorApp) -> HomeScreen:
    assert isinstance(app.screen, HomeScreen)
    return app.screen


async def test_only_what_is_in_sight_is_looked_at(make_app: MakeApp, session: FakeSession) -> None:
    exercises = many(session, 2000)
    asked: list[Exercise] = []

    def state_of(exercise: Exercise) -> str:
        asked.append(exercise)
        return "new"

    async with make_app().run_test(size=(80, 24)) as pilot:
        screen = await at_home(pilot)
        screen.exercises.show(session.catalog.packs, state_of)  # type: ignore[arg-type]
        assert asked == []
        screen.exercises.render_line(3)  # the topic, which counts what is passed in it
        screen.exercises.render_line(7)
        assert asked == [*exercises, exercises[3]]


async def test_a_slow_disk_does_not_hold_the_paint_up(session: FakeSession, folder: Path) -> None:
    opening: Future[Opened] = Future()
    app = app_on(session, folder, opening=opening)
    async with app.run_test() as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen) and "Opening" in status(pilot))
        assert home(pilot).exercises.exercise is None
        opening.set_result(look(session))
        screen = await at_home(pilot)
        assert screen.exercises.exercise == session.catalog.packs[0].exercises[0]
        assert "0 of 5 passed" in words(screen, "#heading")


async def test_a_session_that_could_not_be_opened_early_is_asked_for_again(session: FakeSession, folder: Path) -> None:
    opening: Future[Opened] = Future()
    opening.set_exception(SetupError("the disk is gone"))
    async with app_on(session, folder, opening=opening).run_test() as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, WelcomeScreen))
        await until(pilot, lambda: "the disk is gone" in words(pilot.app.screen, "#folder-problem"))
        await pilot.press("ctrl+s")
        await at_home(pilot)


def test_opening_answers_with_what_went_wrong(folder: Path) -> None:
    def refuse(choice: Choice) -> FakeSession:
        raise SetupError(f"no {choice.language}")

    with pytest.raises(SetupError, match="no en"):
        open_beside(refuse, Choice("en", folder)).result(timeout=PATIENCE)


async def test_first_the_paint_then_the_packs_then_the_engine(session: FakeSession, folder: Path) -> None:
    done: list[str] = []
    check_packs, warm = session.check_packs, session.warm

    def checking() -> bool:
        done.append("packs")
        return check_packs()

    async def warming() -> None:
        done.append("engine")
        await warm()

    session.check_packs, session.warm = checking, warming  # type: ignore[method-assign]
    app = app_on(session, folder, opening=opened(session), painted=lambda: done.append("paint"))
    async with app.run_test() as pilot:
        await at_home(pilot)
    assert done == ["paint", "packs", "engine"]


async def test_packs_that_have_changed_are_shown_anew(session: FakeSession, folder: Path) -> None:
    late = many(FakeSession(folder / "other"), 3)

    def check_packs() -> bool:
        many(session, 3)
        session.set_state(late[0].key, "passed")
        return True

    session.check_packs = check_packs  # type: ignore[method-assign]
    async with app_on(session, folder, opening=opened(session)).run_test() as pilot:
        screen = await at_home(pilot)
        await until(pilot, lambda: "1 of 3 passed" in words(screen, "#heading"))
        assert screen.exercises.exercise is not None
        assert screen.exercises.exercise.key == late[1].key


async def test_a_check_of_the_packs_that_fails_is_said(session: FakeSession, folder: Path) -> None:
    def check_packs() -> bool:
        raise OSError("the packs are gone")

    session.check_packs = check_packs  # type: ignore[method-assign]
    async with app_on(session, folder, opening=opened(session)).run_test() as pilot:
        await until(pilot, lambda: any("the packs are gone" in n.message for n in pilot.app._notifications))
        await at_home(pilot)


def until_painted(place: Path) -> tuple[str, set[str], bytes]:
    """A bare ``tutor`` in a terminal, up to its first paint.

    Returns:
        Whether garbage was collected before and after the paint, the modules imported by then, what was written.
    """
    (place / "config").mkdir(exist_ok=True)
    settings = {"language": "en", "workspace": str(place / "files")}
    (place / "config" / "settings.json").write_bytes(msgspec.json.encode(settings))
    painted = place / "painted"
    painted.unlink(missing_ok=True)
    environment = {
        **os.environ,
        "TERM": "xterm-256color",
        "TUTOR_CONFIG": str(place / "config"),
        "TUTOR_DATA": str(place / "data"),
        "XDG_CACHE_HOME": str(place / "cache"),
        "PAINTED": str(painted),
    }
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(sys.executable, [sys.executable, "-P", "-c", PROGRAM], environment)
    ioctl(terminal, TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    written, limit = b"", time.monotonic() + PATIENCE
    try:
        while not painted.exists() or b"squared error" not in written:
            assert time.monotonic() < limit, written
            if select.select([terminal], [], [], 0.1)[0]:
                written += os.read(terminal, 1 << 16)
        collecting, *modules = painted.read_text().splitlines()
        return collecting, set(modules), written
    finally:
        os.kill(pid, signal.SIGTERM)
        try:
            while os.read(terminal, 1 << 16):
                pass
        except OSError:  # Linux says so when the other end of a terminal has closed
            pass
        os.close(terminal)
        os.waitpid(pid, 0)


def test_the_first_paint_waits_for_nothing_that_it_does_not_show(tmp_path: Path) -> None:
    until_painted(tmp_path)  # the packs are known from now on
    collecting, modules, written = until_painted(tmp_path)
    assert collecting == "False True"
    assert {"tutor.app.screens.home", "tutor.workspace.workspace", "textual.app"} <= modules
    assert sorted(modules & NOT_BEFORE_THE_PAINT) == []
    assert b"Opening your folder" not in written
    assert b"0 of" in written

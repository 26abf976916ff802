"""The app beside a disk that refuses or hangs, other tutors, an engine that ends, and its own mistakes."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
from app_fakes import FakeSession
from app_pilot import MakeApp, at_home, open_exercise, status, tutor, until, words
from textual.widgets import Static

from tutor.app import app as app_module
from tutor.app import crash, host
from tutor.app import grading as grading_module
from tutor.app.screens.confirm import ConfirmScreen
from tutor.app.screens.exercise import ExerciseScreen
from tutor.app.screens.home import HomeScreen
from tutor.app.screens.too_small import TooSmallScreen
from tutor.grading.report import Status

SIZE = (100, 30)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_module, "LOOK", 0.02)
    monkeypatch.setattr(host, "SLOW", 0.05)


def trouble(app: object) -> str:
    return words(app.screen, "#trouble")  # type: ignore[attr-defined]


async def test_what_is_wrong_with_the_folder_is_shown_as_long_as_it_is(
    make_app: MakeApp, session: FakeSession, folder: Path
) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await at_home(pilot)
        assert trouble(app) == ""
        session.workspace.problem = f"The disk is full: {folder}/files/progress cannot grow."
        await until(pilot, lambda: "The disk is full: ~/files/progress" in trouble(app))
        session.workspace.problem = None
        await until(pilot, lambda: trouble(app) == "")


async def test_what_another_tutor_does_is_seen_and_moves_nobody(make_app: MakeApp, session: FakeSession) -> None:
    session.workspace.shared = True
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: any("Another tutor" in n.message for n in app._notifications))
        await open_exercise(pilot)
        mine = tutor(pilot).last_exercise
        assert mine == "custom_loss/squared_error"
        session.workspace.last_exercise = "graphs/padding_mask"
        session.set_state("graphs/padding_mask", "passed")
        session.workspace.changed_elsewhere = True
        await until(pilot, lambda: tutor(pilot).states.get("graphs/padding_mask") == "passed")
        assert tutor(pilot).last_exercise == mine


async def test_a_disk_that_hangs_is_said_and_holds_up_no_key(make_app: MakeApp, session: FakeSession) -> None:
    answers = threading.Event()
    session.next_exercise = lambda exercise: answers.wait() and None  # type: ignore[method-assign]
    app = make_app()
    try:
        async with app.run_test(size=SIZE) as pilot:
            await at_home(pilot)
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(app.screen, ExerciseScreen))
            await until(pilot, lambda: "The disk does not answer" in trouble(app))
            await pilot.press("l")
            await until(pilot, lambda: app.language == "ja")
            answers.set()
            await until(pilot, lambda: trouble(app) == "")
    finally:
        answers.set()


async def test_the_same_refusal_stands_there_once(
    make_app: MakeApp, session: FakeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host, "SAID", 600.0)  # however long the keys take
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_exercise(pilot)
        session.workspace.path(screen.exercise).unlink()
        refusals = 0

        def refuse(exercise: object) -> bytes:
            nonlocal refusals
            refusals += 1
            raise OSError("your file is gone")

        session.workspace.read = refuse  # type: ignore[method-assign]
        for count in range(1, 4):
            await pilot.press("r")
            await until(pilot, lambda count=count: refusals >= count)
        await pilot.pause()
        assert [n.message for n in app._notifications].count("your file is gone") == 1
        assert "your file is gone ^s saves the text" in status(pilot)  # and here for as long as it is so
        del session.workspace.read  # type: ignore[attr-defined]
        session.workspace.path(screen.exercise).write_bytes(b"good")
        await until(pilot, lambda: "Passed" in status(pilot))


async def test_a_file_that_cannot_be_made_is_said_and_tried_again(make_app: MakeApp, session: FakeSession) -> None:
    real = session.open

    def refuse(exercise: object) -> Path:
        raise OSError("your file cannot be made")

    session.open = refuse  # type: ignore[method-assign]
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await at_home(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ExerciseScreen))
        await until(pilot, lambda: "your file cannot be made Press r to try again" in status(pilot))
        session.open = real  # type: ignore[method-assign]
        await pilot.press("r")
        await until(pilot, lambda: "Ready: waiting for you to save" in status(pilot))


async def test_keys_work_while_an_engine_that_ended_is_started_again(
    make_app: MakeApp, session: FakeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grading_module, "SETTLED", 0.0)
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await at_home(pilot)
        session.warming = asyncio.Event()
        session.status = Status("stopped", "it was killed")
        await until(pilot, lambda: app.engine == "restarting")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ExerciseScreen))
        assert app.engine == "restarting"
        session.warming.set()
        await until(pilot, lambda: app.engine == "ready")


async def test_too_small_is_said_over_everything_and_goes_by_itself(make_app: MakeApp) -> None:
    app = make_app("ja")
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_exercise(pilot)
        await pilot.press("R")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        await pilot.resize_terminal(20, 6)
        await until(pilot, lambda: isinstance(app.screen, TooSmallScreen))
        assert "20 × 6" in str(app.screen.query_one("#too-small", Static).visual)
        await pilot.press("y", "escape", "q")  # nobody sees what they would do
        assert isinstance(app.screen, TooSmallScreen)
        await pilot.resize_terminal(3, 1)
        await pilot.resize_terminal(*SIZE)
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        await pilot.press("n")
        await until(pilot, lambda: app.screen is screen)


async def test_too_small_from_the_beginning(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(20, 6)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, TooSmallScreen))
        await pilot.resize_terminal(*SIZE)
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))


class TestCrash:
    @pytest.fixture
    def logs(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
        return tmp_path / "torch-tutor"

    def error(self) -> Exception:
        secret = "the learner's own words"
        try:
            raise ValueError(f"{len(secret)} is not\nenough \ud800")
        except ValueError as error:
            return error

    def test_one_line_is_said_and_the_rest_written(self, logs: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert crash.say(self.error()) == crash.FAILED
        (log,) = logs.iterdir()
        said = capsys.readouterr().err
        assert said.count("\n") == 1
        assert "(ValueError: 23 is not)" in said
        assert str(log) in said
        written = log.read_text(encoding="utf-8")
        assert "textual " in written
        assert "in error" in written
        assert "own words" not in written

    def test_each_has_its_file_and_only_the_newest_are_kept(self, logs: Path) -> None:
        files = [crash.write_log(self.error()) for _ in range(crash.KEPT + 3)]
        assert len(set(files)) == len(files)
        assert files[-1].exists()
        assert len(list(logs.iterdir())) == crash.KEPT

    def test_where_nothing_can_be_written_it_is_all_said(self, logs: Path, capsys: pytest.CaptureFixture[str]) -> None:
        logs.write_text("a file, where the folder should be")
        crash.say(self.error())
        said = capsys.readouterr().err
        assert "Traceback" in said
        assert "The tutor itself failed" in said
        assert "own words" not in said


async def test_a_mistake_of_the_apps_own_is_kept_for_the_log(make_app: MakeApp) -> None:
    app = make_app()

    async def fail() -> None:
        raise LookupError("no such thing")

    async def run() -> None:
        async with app.run_test(size=SIZE) as pilot:
            await at_home(pilot)
            app.run_worker(fail())
            await pilot.pause()

    with pytest.raises(Exception, match="no such thing"):
        await run()
    assert isinstance(app.failure, LookupError)

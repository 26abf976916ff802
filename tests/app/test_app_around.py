"""The editor, the watcher, folders and the status line's sentences."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
import watchfiles
from app_fakes import FakeSession, report_of

from tutor.app import editor, watching
from tutor.app.folders import folder_problem, parse_folder, short
from tutor.app.runs import Collector, Snapshot, finished
from tutor.app.status import Situation, describe
from tutor.app.watching import saves
from tutor.catalog.model import Exercise
from tutor.grading.report import Collected, RequirementResult


class TestEditor:
    def test_visual_comes_before_editor(self) -> None:
        assert editor.find_editor({"VISUAL": "code --wait", "EDITOR": "vi"}) == ["code", "--wait"]
        assert editor.find_editor({"VISUAL": " ", "EDITOR": "'my editor' -x"}) == ["my editor", "-x"]

    def test_what_was_chosen_comes_first_and_there_may_be_none(self) -> None:
        assert editor.find_editor({"VISUAL": "vi"}, chosen="nano -l") == ["nano", "-l"]
        assert editor.find_editor({"EDITOR": " "}) is None

    @pytest.mark.parametrize(
        ("environment", "chosen", "named"),
        [({"EDITOR": "vi 'x"}, None, r"\$EDITOR"), ({"EDITOR": "vi"}, "vi 'x", "in your settings")],
    )
    def test_what_is_wrong_is_said(self, environment: dict[str, str], chosen: str | None, named: str) -> None:
        with pytest.raises(editor.EditorError, match=named + ".* cannot be understood"):
            editor.find_editor(environment, chosen=chosen)

    def test_some_have_windows_of_their_own(self) -> None:
        assert editor.is_windowed(["/usr/bin/gedit"])
        assert not editor.is_windowed(["vim"])

    def test_it_runs_in_the_terminal_until_it_ends(self, tmp_path: Path) -> None:
        file = tmp_path / "x.py"
        editor.run_in_terminal(["touch"], file)
        assert file.exists()

    @pytest.mark.parametrize(
        ("command", "said"),
        [("false", "ended with status 1"), ("no-such-editor", "There is no editor"), ("/tmp", "cannot be started")],
    )
    def test_its_failures_are_said(self, command: str, said: str, tmp_path: Path) -> None:
        with pytest.raises(editor.EditorError, match=said):
            editor.run_in_terminal([command], tmp_path / "x.py")

    def test_a_windowed_one_is_not_waited_for(self, tmp_path: Path) -> None:
        fifo = tmp_path / "fifo"
        os.mkfifo(fifo)
        editor.start_windowed(["cat"], fifo)  # would block for ever
        with fifo.open("w"):
            pass


class Watched:
    """Counts what the watcher says of a file."""

    def __init__(self, file: Path) -> None:
        self.why: list[str] = []
        self.seen = 0
        self._changed = asyncio.Event()
        self._task = asyncio.create_task(self._watch(file))

    async def _watch(self, file: Path) -> None:
        async for _ in saves(file, self.why.append):
            self.seen += 1
            self._changed.set()

    async def next(self) -> None:
        async with asyncio.timeout(20):
            await self._changed.wait()
        self._changed.clear()

    async def __aenter__(self) -> Watched:
        await self.next()  # it has begun
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


def write(file: Path) -> None:
    file.write_text("new content")


def rename_over(file: Path) -> None:
    draft = file.with_suffix(".tmp")
    draft.write_text("new content")
    draft.replace(file)


def delete_and_write(file: Path) -> None:
    file.unlink()
    file.write_text("new content")


def move_away_and_write(file: Path) -> None:
    file.rename(file.with_suffix(".bak"))
    file.write_text("new content")


class TestWatching:
    @pytest.mark.parametrize("save", [write, rename_over, delete_and_write, move_away_and_write])
    @pytest.mark.parametrize("polling", [False, True])
    async def test_every_way_of_saving_is_seen(
        self, save: Callable[[Path], None], polling: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        if polling:

            async def refused(*_: object, **__: object) -> AsyncIterator[None]:
                raise OSError("OS file watch limit reached.")
                yield

            monkeypatch.setattr(watchfiles, "awatch", refused)
            monkeypatch.setattr(watching, "POLL", 0.01)
        file = tmp_path / "x.py"
        file.write_text("old")
        async with Watched(file) as watched:
            save(file)
            await watched.next()
            save(file)
            await watched.next()
        assert watched.why == (["OS file watch limit reached."] if polling else [])

    async def test_other_files_of_the_folder_do_not_matter(self, tmp_path: Path) -> None:
        file = tmp_path / "x.py"
        file.write_text("old")
        async with Watched(file) as watched:
            (tmp_path / "y.py").write_text("z")
            write(file)
            await watched.next()
        assert watched.seen <= 3  # the beginning, and one write, which may be reported in two parts

    async def test_a_network_folder_that_reports_nothing_is_looked_at(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def silent(*_: object, **__: object) -> AsyncIterator[set[object]]:
            while True:
                await asyncio.sleep(0)
                yield set()

        monkeypatch.setattr(watchfiles, "awatch", silent)
        file = tmp_path / "x.py"
        file.write_text("old")
        async with Watched(file) as watched:
            write(file)
            await watched.next()


class TestFolders:
    def test_what_was_typed(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("HOME", str(tmp_path))
        assert parse_folder("  ") is None
        assert parse_folder("~/a/../b ") == tmp_path / "b"
        assert short(tmp_path / "b") == "~/b"
        assert short(Path("/elsewhere")) == "/elsewhere"

    def test_problems(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        assert folder_problem(tmp_path / "new" / "deep") is None
        (tmp_path / "file").write_text("")
        assert "is a file" in str(folder_problem(tmp_path / "file" / "deep"))
        monkeypatch.setattr(os, "access", lambda *_: False)
        assert "may not write" in str(folder_problem(tmp_path))


class TestStatus:
    @pytest.fixture
    def exercise(self, tmp_path: Path) -> Exercise:
        return FakeSession(tmp_path).catalog.packs[0].exercises[0]

    def run(self, exercise: Exercise, *events: object) -> Snapshot:
        collector = Collector(exercise.id, 1, [r.test for r in exercise.requirements])
        for event in events:
            collector.feed(event)  # type: ignore[arg-type]
        return collector.snapshot()

    def test_seconds_are_counted_when_it_takes_long(self, exercise: Exercise) -> None:
        run = self.run(exercise, Collected(1, tuple(r.test for r in exercise.requirements), "cpu"))
        now = Situation("ready", exercise=exercise, run=run, seconds=12)
        assert describe(now) == ("busy", "Grading 1 of 4: The result is one number: a tensor of shape () (12 s)")

    def test_a_pass_and_a_failure(self, exercise: Exercise) -> None:
        results = [RequirementResult(r.test, "passed") for r in exercise.requirements]
        good = finished(exercise.id, report_of(exercise, results))
        assert describe(Situation("ready", exercise=exercise, run=good)) == (
            "good",
            "Passed: all 4 requirements, 0.12 s",
        )
        results[0] = RequirementResult(results[0].id, "failed")
        bad = finished(exercise.id, report_of(exercise, results))
        assert describe(Situation("ready", exercise=exercise, run=bad))[0] == "bad"

    def test_the_engine_comes_first(self, exercise: Exercise) -> None:
        run = self.run(exercise)
        assert describe(Situation("restarting", exercise=exercise, run=run))[0] == "alarm"
        mood, sentence = describe(Situation("broken", "no torch", exercise=exercise, run=run))
        assert mood == "alarm"
        assert "no torch" in sentence
        assert describe(Situation("off", opened=False))[1] == "Opening your folder…"

    def test_typing_is_said_unless_something_runs(self, exercise: Exercise) -> None:
        now = Situation("ready", exercise=exercise, file="x.py", editing=True)
        assert describe(now) == ("calm", "Editing x.py: ^s saves and grades")
        assert describe(now._replace(unsaved=True)) == ("calm", "Editing x.py • unsaved: ^s saves and grades")
        results = [RequirementResult(r.test, "passed") for r in exercise.requirements]
        good = now._replace(run=finished(exercise.id, report_of(exercise, results)))
        assert describe(good)[1].startswith("Passed")
        assert describe(good._replace(unsaved=True))[1].startswith("Editing x.py • unsaved")
        going = self.run(exercise, Collected(1, tuple(r.test for r in exercise.requirements), "cpu"))
        mood, sentence = describe(now._replace(run=going, unsaved=True))
        assert mood == "busy"
        assert sentence.startswith("Grading 1 of 4")
        assert sentence.endswith("• unsaved")
        assert describe(now._replace(run=going, unsaved=True, conflict=True))[0] == "alarm"

    def test_what_the_engine_is_busy_with_is_said(self, exercise: Exercise) -> None:
        note = "Loading transformers …"
        assert describe(Situation("ready", engine_note=note, exercise=exercise)) == ("busy", note)
        starting = self.run(exercise)
        assert describe(Situation("ready", engine_note=note, exercise=exercise, run=starting))[1] == note
        going = self.run(exercise, Collected(1, tuple(r.test for r in exercise.requirements), "cpu"))
        assert describe(Situation("ready", engine_note=note, exercise=exercise, run=going))[1].startswith("Grading 1")


def test_the_editor_is_waited_for_while_the_app_steps_aside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The app must take the terminal back even when the editor fails."""
    from contextlib import contextmanager

    from tutor.app.screens.exercise import ExerciseScreen

    back: list[bool] = []

    @contextmanager
    def suspend():  # type: ignore[no-untyped-def]
        yield
        back.append(True)

    screen = SimpleNamespace(app=SimpleNamespace(suspend=suspend))
    with pytest.raises(editor.EditorError):
        ExerciseScreen._edit_here(screen, ["false"], tmp_path)  # type: ignore[arg-type]
    assert back

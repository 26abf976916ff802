"""What a learner does, key by key, on a session that is scripted."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
from app_fakes import FakeOutcome, FakeSession, Remembered, failing, passing
from app_pilot import (
    MakeApp,
    at_home,
    exercise,
    home,
    open_exercise,
    page,
    status,
    taken_up,
    tutor,
    until,
    verdicts,
    words,
)
from textual.command import CommandList
from textual.widgets import Input, Static

from tutor.app.choice import Choice, SetupError
from tutor.app.screens.confirm import ConfirmScreen
from tutor.app.screens.exercise import ExerciseScreen
from tutor.app.screens.help import HelpScreen, KeyRow
from tutor.app.screens.home import HomeScreen
from tutor.app.screens.welcome import WelcomeScreen
from tutor.app.widgets.output_view import OutputView
from tutor.app.widgets.page_pane import PagePane
from tutor.app.widgets.page_text import PageText
from tutor.app.widgets.requirements import RequirementRow
from tutor.catalog.model import Exercise
from tutor.grading.options import NAMES
from tutor.grading.report import (
    Collected,
    Decided,
    Fault,
    Output,
    Report,
    RequirementResult,
    Started,
    Status,
)

FIRST = ["test_scalar", "test_value", "test_gradient", "test_trains"]


def first(session: FakeSession) -> Exercise:
    return session.catalog.packs[0].exercises[0]


def save(session: FakeSession, text: str) -> None:
    session.workspace.path(first(session)).write_text(text)


def toasts(app: object) -> str:
    return " ".join(str(n.message) for n in app._notifications)  # type: ignore[attr-defined]


# Starting


async def test_the_first_start_asks_and_remembers(
    make_app: MakeApp, remembered: Remembered, folder: Path, session: FakeSession
) -> None:
    async with make_app(first_start=True).run_test() as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, WelcomeScreen))
        screen = pilot.app.screen
        assert isinstance(screen, WelcomeScreen)
        assert screen.folder.value == "~/torch-tutor"
        await pilot.press("down")
        await until(pilot, lambda: tutor(pilot).language == "ja")
        await pilot.press("enter", "enter")
        await at_home(pilot)
        assert remembered.choices == [Choice("ja", folder / "torch-tutor")]
        assert "はじめての自作損失" in str(home(pilot).exercises.exercise)


async def test_a_bad_folder_is_said_beside_it(make_app: MakeApp, folder: Path) -> None:
    (folder / "note").write_text("")
    async with make_app(first_start=True).run_test() as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, WelcomeScreen))
        screen = pilot.app.screen
        problem = screen.query_one("#folder-problem", Static)
        for value, said in (("", "name a folder"), ("~/note", "is a file"), ("~/note/deeper", "is a file")):
            screen.query_one("#folder", Input).value = value
            await pilot.press("ctrl+s")
            await until(pilot, lambda said=said: problem.display and said in str(problem.visual))


async def test_a_session_that_cannot_be_opened_is_said_and_asked_again(make_app: MakeApp, session: FakeSession) -> None:
    app = make_app()
    tries = 0

    def factory(_choice: Choice) -> FakeSession:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise SetupError("the disk is gone")
        return session

    app._factory = factory
    async with app.run_test() as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, WelcomeScreen))
        await until(pilot, lambda: "the disk is gone" in words(pilot.app.screen, "#folder-problem"))
        await pilot.press("ctrl+s")
        await at_home(pilot)


async def test_another_folder_in_place_of_one_that_is_gone_is_remembered(
    make_app: MakeApp, session: FakeSession, remembered: Remembered, folder: Path
) -> None:
    app = make_app()
    first: list[Choice] = []

    def factory(choice: Choice) -> FakeSession:
        if not first:
            first.append(choice)
            raise SetupError("the folder is gone")
        return session

    app._factory = factory
    async with app.run_test() as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, WelcomeScreen))
        await until(pilot, lambda: "the folder is gone" in words(pilot.app.screen, "#folder-problem"))
        pilot.app.screen.query_one("#folder", Input).value = str(folder / "elsewhere")
        await pilot.press("ctrl+s")
        await at_home(pilot)
        assert [choice.folder for choice in remembered.choices] == [folder / "elsewhere"]


# Saving and grading


async def test_a_key_that_grades_is_kept_while_the_file_is_opened(
    make_app: MakeApp, session: FakeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_open, open_now = threading.Event(), session.open

    def opened_late(exercise: Exercise) -> Path:
        may_open.wait(30)
        return open_now(exercise)

    monkeypatch.setattr(session, "open", opened_late)
    async with make_app().run_test() as pilot:
        await at_home(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ExerciseScreen))
        await pilot.press("r")
        may_open.set()
        await until(pilot, lambda: session.checked)
        await until(pilot, lambda: "of 4 passed" in status(pilot))


async def test_a_save_is_graded_and_touching_is_not(make_app: MakeApp, session: FakeSession) -> None:
    async with make_app().run_test() as pilot:
        screen = await open_exercise(pilot)
        assert verdicts(screen) == ["pending"] * 4
        assert "waiting for you to save squared_error.py" in status(pilot)
        session.workspace.path(first(session)).touch()
        save(session, "bad")
        await until(pilot, lambda: "Not yet: 2 of 4 passed" in status(pilot))
        assert verdicts(screen) == ["passed", "failed", "failed", "passed"]
        assert session.checked == [b"bad"]
        # The rows are laid out after the status line has said it.
        await until(pilot, lambda: "should be 0.432099" in screen.query(RequirementRow)[1].render().plain)
        assert tutor(pilot).state_of(first(session)) == "failed"
        assert screen.shown == "result"
        save(session, "good")
        await until(pilot, lambda: "Passed: all 4" in status(pilot))
        assert verdicts(screen) == ["passed"] * 4
        assert screen.query_one("#banner").display
        assert "A loss made of two" in words(screen, "#banner")


async def test_an_editor_that_replaces_the_file_is_seen(make_app: MakeApp, session: FakeSession, folder: Path) -> None:
    async with make_app().run_test() as pilot:
        await open_exercise(pilot)
        draft = session.workspace.path(first(session)).with_suffix(".swp")
        draft.write_text("good")
        draft.replace(session.workspace.path(first(session)))
        await until(pilot, lambda: "Passed" in status(pilot))


async def test_requirements_turn_as_they_are_decided(make_app: MakeApp, session: FakeSession) -> None:
    gates = [asyncio.Event() for _ in range(3)]
    passed = [RequirementResult(name, "passed") for name in FIRST]
    session.queue.append(
        [
            gates[0],
            Collected(1, tuple(FIRST), "cpu"),
            Started(1, FIRST[0]),
            gates[1],
            Decided(1, passed[0]),
            Started(1, FIRST[1]),
            Output(1, FIRST[1], "hello\n"),
            gates[2],
            *list(passing(1, first(session)))[-2:],
        ]
    )
    async with make_app().run_test() as pilot:
        screen = await open_exercise(pilot)
        await pilot.press("r")
        await until(pilot, lambda: "Saved: grading" in status(pilot))
        gates[0].set()
        await until(pilot, lambda: verdicts(screen) == ["running", "pending", "pending", "pending"])
        assert "Grading 1 of 4: The result is one number" in status(pilot)
        assert words(screen, "#device") == "cpu"
        gates[1].set()
        await until(pilot, lambda: verdicts(screen) == ["passed", "running", "pending", "pending"])
        await until(pilot, lambda: screen.query_one(OutputView).text == "hello\n")
        gates[2].set()
        await until(pilot, lambda: verdicts(screen) == ["passed"] * 4)


async def test_what_was_changed_while_nobody_looked_is_graded(make_app: MakeApp, session: FakeSession) -> None:
    session.open(first(session))
    save(session, "good")
    async with make_app().run_test() as pilot:
        await open_exercise(pilot)
        await until(pilot, lambda: "Passed" in status(pilot))
        assert session.checked == [b"good"]
        await pilot.press("escape")
        screen = await at_home(pilot)
        screen.exercises.go_to(first(session))  # what to go on with is the next one by now
        await open_exercise(pilot)
        assert "Passed" in status(pilot)
    assert session.checked == [b"good"]


async def test_the_last_report_is_there_after_a_restart(make_app: MakeApp, session: FakeSession) -> None:
    async with make_app().run_test() as pilot:
        await open_exercise(pilot)
        save(session, "bad")
        await until(pilot, lambda: "Not yet" in status(pilot))
    async with make_app().run_test() as pilot:
        screen = await open_exercise(pilot)
        await until(pilot, lambda: "Not yet: 2 of 4" in status(pilot))
        assert verdicts(screen) == ["passed", "failed", "failed", "passed"]
    assert session.checked == [b"bad"]


async def test_a_newer_save_supersedes_and_stale_events_are_ignored(make_app: MakeApp, session: FakeSession) -> None:
    never = asyncio.Event()
    session.queue.append([Collected(1, tuple(FIRST), "cuda:0"), Started(1, FIRST[0]), never])
    async with make_app().run_test() as pilot:
        screen = await open_exercise(pilot)
        save(session, "slow")
        await until(pilot, lambda: verdicts(screen)[0] == "running")
        stale = tutor(pilot).run_now
        assert stale is not None
        save(session, "good")
        await until(pilot, lambda: "Passed" in status(pilot))
        tutor(pilot)._accept(stale)
        await pilot.pause()
        assert verdicts(screen) == ["passed"] * 4
        assert words(screen, "#device") == "cpu"
        await until(pilot, lambda: session.live == 0)


async def test_a_run_is_cancelled(make_app: MakeApp, session: FakeSession) -> None:
    session.queue.append([Collected(1, tuple(FIRST), "cpu"), Started(1, FIRST[0]), asyncio.Event()])
    async with make_app().run_test() as pilot:
        screen = await open_exercise(pilot)
        assert "x" not in screen.active_bindings
        await pilot.press("r")
        await until(pilot, lambda: verdicts(screen)[0] == "running")
        assert "x" in screen.active_bindings
        await pilot.press("x")
        await until(pilot, lambda: "Cancelled" in status(pilot))
        assert verdicts(screen) == ["pending"] * 4
        assert session.live == 0


async def test_a_flood_of_output_leaves_the_keys_alive(make_app: MakeApp, session: FakeSession) -> None:
    stop = False

    def flood(run: int, what: Exercise, source: bytes):  # type: ignore[no-untyped-def]
        yield Collected(run, tuple(FIRST), "cpu")
        yield Started(run, FIRST[0])
        while not stop:
            yield Output(run, FIRST[0], "x" * 70 + "\n")
        yield from list(passing(run, what))[-2:]

    session.script = flood
    async with make_app().run_test() as pilot:
        screen = await open_exercise(pilot)
        await pilot.press("r")
        await until(pilot, lambda: screen.query_one(OutputView).text)
        await pilot.press("5")
        await until(pilot, lambda: screen.shown == "output")
        assert len(screen.query_one(OutputView).text) <= 64 * 1024
        stop = True
        await until(pilot, lambda: "Passed" in status(pilot))


async def test_a_submission_that_never_ran_is_said(make_app: MakeApp, session: FakeSession) -> None:
    fault = Fault("syntax", "This is not Python: '(' was never closed.", 7)
    results = tuple(RequirementResult(name, "not_run") for name in FIRST)
    report = Report(first(session).id, "cpu", 0, "error", fault, 0.01, results)
    session.queue.append([FakeOutcome(report)])
    async with make_app().run_test() as pilot:
        screen = await open_exercise(pilot)
        save(session, "(")
        await until(pilot, lambda: "Not graded" in status(pilot))
        assert words(screen, "#fault").splitlines()[:2] == ["! This is not Python: '(' was never closed.", "→ line 7"]
        assert verdicts(screen) == ["not run"] * 4


async def test_a_file_that_is_gone_is_said(make_app: MakeApp, session: FakeSession) -> None:
    async with make_app().run_test() as pilot:
        await open_exercise(pilot)
        session.workspace.path(first(session)).unlink()
        await pilot.press("r")
        await until(pilot, lambda: "No such file" in toasts(pilot.app))
        assert session.checked == []


# The engine


async def test_the_screen_does_not_wait_for_the_engine(make_app: MakeApp, session: FakeSession) -> None:
    session.warming = asyncio.Event()
    async with make_app().run_test() as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen) and home(pilot).exercises.exercise)
        await until(pilot, lambda: "Warming up" in status(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ExerciseScreen))
        await taken_up(pilot, exercise(pilot))
        assert "Warming up" in status(pilot)
        gate = asyncio.Event()
        session.queue.append([gate, *passing(1, first(session))])
        save(session, "good")
        await until(pilot, lambda: "as soon as the engine is warm" in status(pilot))
        session.warming.set()
        gate.set()
        await until(pilot, lambda: "Passed" in status(pilot))


async def test_an_engine_that_dies_is_said_and_started_again(make_app: MakeApp, session: FakeSession) -> None:
    session.queue.append([Collected(1, tuple(FIRST), "cpu"), Started(1, FIRST[0]), RuntimeError("killed by signal 9")])
    async with make_app().run_test() as pilot:
        screen = await open_exercise(pilot)
        save(session, "good")
        await until(pilot, lambda: "killed by signal 9" in status(pilot))
        await until(pilot, lambda: session.warmed == 2)
        assert "Press r to grade again" in status(pilot)
        assert "killed by signal 9" in words(screen, "#fault")
        assert verdicts(screen) == ["pending"] * 4
        await pilot.press("r")
        await until(pilot, lambda: "Passed" in status(pilot))
        assert session.checked == [b"good", b"good"]


async def test_an_engine_that_dies_idle_is_started_again(make_app: MakeApp, session: FakeSession) -> None:
    async with make_app().run_test() as pilot:
        await at_home(pilot)
        app = tutor(pilot)
        session.status = Status("stopped", "out of memory")
        app._look_after_engine()
        assert app.engine == "broken"  # it died at once: starting it over and over would help nobody
        app.engine = "ready"
        app._warm_since -= 60
        app._look_after_engine()
        assert app.engine == "restarting"
        await until(pilot, lambda: app.engine == "ready")
        assert session.warmed == 2


async def test_an_engine_that_does_not_start_is_said_and_tried_again(make_app: MakeApp, session: FakeSession) -> None:
    session.warm_error = RuntimeError("no torch here")
    async with make_app().run_test() as pilot:
        await until(pilot, lambda: tutor(pilot).engine == "broken")
        assert "no torch here" in status(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ExerciseScreen))
        await taken_up(pilot, exercise(pilot))
        assert "Press r to try again" in status(pilot)
        session.warm_error = None
        await pilot.press("r")
        await until(pilot, lambda: "Not yet" in status(pilot))


async def test_a_full_disk_is_said_on_the_screen(make_app: MakeApp, session: FakeSession) -> None:
    session.workspace.problem = "The disk is full."
    async with make_app().run_test() as pilot:
        screen = await at_home(pilot)
        assert words(screen, "#trouble") == "! The disk is full."


# Hints, solution, next, reset


async def test_hints_come_step_by_step(make_app: MakeApp, session: FakeSession) -> None:
    async with make_app().run_test() as pilot:
        screen = await open_exercise(pilot)
        await pilot.press("h")
        await until(pilot, lambda: "after a first try" in toasts(pilot.app))
        save(session, "bad")
        await until(pilot, lambda: "Press h for the first of 3 steps" in words(screen, "#hint-more"))
        assert screen.hints.hint is not None
        assert screen.hints.hint.question == "Mean or sum: does it matter?"
        assert words(screen, "#hint-pointer") == "Press h for a hint: Mean or sum: does it matter?"
        for shown in (1, 2):
            await pilot.press("h")
            await until(pilot, lambda shown=shown: f"{shown} of 3 shown" in words(screen, "#hint-more"))
            await until(pilot, lambda shown=shown: len(screen.hints.query(PageText)) == shown)
        await pilot.press("h")
        await until(pilot, lambda: "last step" in words(screen, "#hint-more"))
        save(session, "good")
        await until(pilot, lambda: "Passed" in status(pilot))
        await until(pilot, lambda: "You have passed" in words(screen, "#hint-more"))
        assert not screen.hints.query(PageText)
        await pilot.press("h")
        await until(pilot, lambda: "press s for the solution" in toasts(pilot.app))


async def test_the_solution_opens_after_a_pass(make_app: MakeApp, session: FakeSession) -> None:
    async with make_app().run_test() as pilot:
        screen = await open_exercise(pilot)
        await pilot.press("s")
        await until(pilot, lambda: "opens once you have passed" in toasts(pilot.app))
        await until(pilot, lambda: page(screen.solution))
        assert page(screen.solution).startswith("The solution opens once you have passed")
        save(session, "good")
        await until(pilot, lambda: "Passed" in status(pilot))
        await pilot.press("s")
        await until(pilot, lambda: pilot.app.focused is screen.solution)
        await until(pilot, lambda: page(screen.solution))
        await until(pilot, lambda: "opens once" not in page(screen.solution))
        source = page(screen.solution)
        assert source.startswith("# Why the mean")
        assert "((input - target) ** 2).mean()" in source
        assert "other.py" in source
        await pilot.press("n")
        await until(pilot, lambda: exercise(pilot).exercise.name == "combined")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))


def first_line(screen: HomeScreen) -> str:
    return screen.exercises.render_line(0).text


async def test_next_leads_through_all_exercises(make_app: MakeApp, session: FakeSession) -> None:
    names = [e.name for e in session.catalog.packs[0].exercises]
    async with make_app().run_test() as pilot:
        screen = await open_exercise(pilot)
        for name in names[1:]:
            await pilot.press("n")
            await until(pilot, lambda name=name: exercise(pilot).exercise.name == name)
            await taken_up(pilot, exercise(pilot))
        await pilot.press("n")
        await until(pilot, lambda: "last exercise" in toasts(pilot.app))
        assert screen is not exercise(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
        await until(pilot, lambda: "→ Go on with: Averaging gradients over ranks" in first_line(home(pilot)))


async def test_reset_asks_first_and_says_where_the_copy_is(make_app: MakeApp, session: FakeSession) -> None:
    async with make_app().run_test() as pilot:
        screen = await open_exercise(pilot)
        save(session, "bad")
        await until(pilot, lambda: "Not yet" in status(pilot))
        await pilot.press("R")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmScreen))
        await pilot.press("enter")  # the safe answer has the focus
        await until(pilot, lambda: pilot.app.screen is screen)
        assert session.workspace.read(first(session)) == b"bad"
        await pilot.press("R")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmScreen))
        await pilot.press("y")
        await until(pilot, lambda: ".tutor/backups/custom_loss" in toasts(pilot.app))
        assert session.workspace.read(first(session)) == first(session).stub.read_bytes()
        await until(pilot, lambda: verdicts(screen) == ["pending"] * 4)
        save(session, "good")
        await until(pilot, lambda: "Passed" in status(pilot))
    assert session.checked == [b"bad", b"good"]


# Language, help, palette, editor


async def test_the_language_changes_at_once_and_keeps_the_place(
    make_app: MakeApp, session: FakeSession, remembered: Remembered
) -> None:
    async with make_app().run_test(size=(80, 24)) as pilot:
        screen = await open_exercise(pilot)
        save(session, "bad")
        await until(pilot, lambda: "Not yet" in status(pilot))
        await pilot.press("h")
        await until(pilot, lambda: len(screen.hints.query(PageText)) == 1)
        await pilot.press("1", "end")
        lesson = screen.query_one("#lesson", PagePane)
        await until(pilot, lambda: lesson.is_vertical_scroll_end)
        await pilot.press("l")
        await until(pilot, lambda: "損失関数" in page(lesson))
        await until(pilot, lambda: screen.hints.hint is not None and "平均と和" in screen.hints.hint.question)
        assert "損失関数を自作する › はじめての自作損失" in words(screen, "#heading")
        assert "結果は 1 つの数" in screen.query(RequirementRow)[0].sentence.plain
        assert len(screen.hints.query(PageText)) == 1
        assert screen.shown == "lesson"
        assert pilot.app.focused is lesson
        await until(pilot, lambda: lesson.is_vertical_scroll_end)
        assert verdicts(screen)[1] == screen.query(RequirementRow)[1].verdict.plain.split(" ", 1)[1]
        assert [c.language for c in remembered.choices] == ["ja"]  # type: ignore[attr-defined]
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
        chosen = home(pilot).exercises.exercise
        await pilot.press("l")
        await until(pilot, lambda: tutor(pilot).language == "en")
        assert home(pilot).exercises.exercise == chosen
    assert session.checked == [b"bad"]


async def test_the_footer_speaks_the_language(make_app: MakeApp) -> None:
    async with make_app().run_test() as pilot:
        screen = await at_home(pilot)
        assert screen.active_bindings["l"].binding.description == "日本語"
        await pilot.press("l")
        await until(pilot, lambda: screen.active_bindings["l"].binding.description == "English")


async def test_help_shows_every_key_of_the_screen(make_app: MakeApp) -> None:
    async with make_app().run_test(size=(100, 40)) as pilot:
        screen = await open_exercise(pilot)
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
        shown = {words(row, ".key") for row in pilot.app.screen.query(KeyRow)}
        assert {"e", "r space", "h", "s", "n", "R", "x", "esc", "l", "q", "^p"} <= shown
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)


@pytest.mark.parametrize(
    ("active", "said"),
    [((), "known once the engine is warm"), (NAMES, "every protection"), (("limits",), "without: user, network")],
)
async def test_help_says_what_graded_code_is_kept_from(
    make_app: MakeApp, session: FakeSession, active: tuple[str, ...], said: str
) -> None:
    async with make_app().run_test(size=(100, 40)) as pilot:
        await open_exercise(pilot)
        session.status = Status("ready", confinement=active)
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
        assert said in str(pilot.app.screen.query_one("#help-fence", Static).content)


async def test_the_palette_does_what_its_screen_can(make_app: MakeApp) -> None:
    async with make_app().run_test() as pilot:
        screen = await open_exercise(pilot)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: pilot.app.screen is not screen)
        await pilot.press(*"output")
        found = pilot.app.screen.query_one(CommandList)
        await until(pilot, lambda: found.option_count and "Output" in str(found.get_option_at_index(0).prompt))
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen is screen and screen.shown == "output")


async def test_an_editor_that_is_not_there_is_said(make_app: MakeApp, monkeypatch: pytest.MonkeyPatch) -> None:
    async with make_app().run_test() as pilot:
        await open_exercise(pilot)
        monkeypatch.setenv("EDITOR", "no-such-editor-anywhere --wait")
        monkeypatch.setattr("tutor.app.editor.WINDOWED", {"no-such-editor-anywhere"})
        await pilot.press("e")
        await until(pilot, lambda: "There is no editor no-such-editor-anywhere" in toasts(pilot.app))
        assert "~/files/custom_loss/squared_error.py" in toasts(pilot.app)


# Leaving


@pytest.mark.parametrize("keys", [["q"], ["ctrl+q"]])
async def test_quitting_mid_run_leaves_nothing(make_app: MakeApp, session: FakeSession, keys: list[str]) -> None:
    session.queue.append([Collected(1, tuple(FIRST), "cpu"), Started(1, FIRST[0]), asyncio.Event()])
    async with make_app().run_test() as pilot:
        screen = await open_exercise(pilot)
        await pilot.press("r")
        await until(pilot, lambda: verdicts(screen)[0] == "running")
        await pilot.press(*keys)
    assert session.closed
    assert session.live == 0
    assert not [t for t in asyncio.all_tasks() if t is not asyncio.current_task()]


async def test_quitting_while_it_warms_leaves_nothing(make_app: MakeApp, session: FakeSession) -> None:
    session.warming = asyncio.Event()
    async with make_app().run_test() as pilot:
        await until(pilot, lambda: tutor(pilot).engine == "warming")
        await pilot.press("q")
    assert session.closed


async def test_failing_and_passing_scripts_agree_with_the_exercise(session: FakeSession) -> None:
    """The fakes themselves: what they script is what an exercise of theirs requires."""
    for script in (failing, passing):
        *_events, outcome = script(1, first(session))
        assert [r.id for r in outcome.report.requirements] == [r.test for r in first(session).requirements]  # type: ignore[union-attr]

"""What an error means, and how two tensors differ, on the exercise's screen."""

from __future__ import annotations

from collections.abc import Iterable

from app_fakes import DIFFERENCE, FakeSession, Step, report_of, steps_of
from app_pilot import MakeApp, open_exercise, until, words
from rich.cells import cell_len
from textual.pilot import Pilot

from tutor.app.screens.exercise import ExerciseScreen
from tutor.app.widgets.requirements import RequirementRow
from tutor.catalog.model import Exercise
from tutor.grading.raised import Frame, Raised, Variable
from tutor.grading.report import Comparison, Done, Facts, Fault, RequirementResult

BESIDE = 14
"""Cells of a row that its details leave free: those of the verdict."""


def raised(size: int) -> Raised:
    x = Variable("x", "Tensor", (3, size), "float32", "cpu")
    frame = Frame(9, "forward", "return x @ self.weight", "x @ self.weight", (x,))
    text = f"mat1 and mat2 shapes cannot be multiplied (3x{size} and 9x2)"
    return Raised("RuntimeError", ("RuntimeError", "Exception"), text, 9, (frame,))


def raising(run: int, exercise: Exercise) -> Iterable[Step]:
    """The first two requirements raise the same error with different shapes."""
    results = [RequirementResult(r.test, "passed") for r in exercise.requirements]
    for number in (0, 1):
        error = raised(number + 4)
        name = results[number].id
        results[number] = RequirementResult(name, "failed", f"Your code raised: {error.text}", line=9, raised=error)
    yield from steps_of(run, exercise, results)


def differing(run: int, exercise: Exercise) -> Iterable[Step]:
    results = [RequirementResult(r.test, "passed") for r in exercise.requirements]
    facts = Facts((3, 4), "float32", "cpu")
    comparison = Comparison("the gradient", "a tensor", "a tensor", 1.793, (2, 1), facts, facts, DIFFERENCE)
    results[0] = RequirementResult(results[0].id, "failed", "The gradient differs.", comparison=comparison)
    yield from steps_of(run, exercise, results)


async def graded(pilot: Pilot[None], session: FakeSession) -> ExerciseScreen:
    screen = await open_exercise(pilot)
    await pilot.press("2")
    session.workspace.path(session.catalog.packs[0].exercises[0]).write_text("something new")
    await until(pilot, lambda: screen._run is not None and screen._run.phase == "done")
    await pilot.pause()
    return screen


def details(screen: ExerciseScreen, number: int) -> str:
    row = list(screen.query(RequirementRow))[number]
    return "\n".join(line.plain for line in row.details(row.size.width - BESIDE))


async def test_an_error_is_explained_once_with_the_tensors_of_each_requirement(
    make_app: MakeApp, session: FakeSession
) -> None:
    session.queue.append(raising(1, session.catalog.packs[0].exercises[0]))
    async with make_app("en").run_test(size=(100, 40)) as pilot:
        screen = await graded(pilot, session)
        one, other = details(screen, 0), details(screen, 1)
        assert "What it means: A matrix product" in one
        assert "· `x`: shape (3, 4)" in one
        assert "Where to look: Line 9: " in one
        assert "What it means:" not in other
        assert "Where to look:" not in other
        assert "· `x`: shape (3, 5)" in other


async def test_an_explanation_follows_the_language(make_app: MakeApp, session: FakeSession) -> None:
    session.queue.append(raising(1, session.catalog.packs[0].exercises[0]))
    async with make_app("en").run_test(size=(100, 40)) as pilot:
        screen = await graded(pilot, session)
        await pilot.press("l")
        await until(pilot, lambda: "行列の積では" in details(screen, 0))
        assert "`x`：形状 (3, 4)" in details(screen, 0)


async def test_what_kept_the_file_from_being_imported_is_explained(make_app: MakeApp, session: FakeSession) -> None:
    exercise = session.catalog.packs[0].exercises[0]
    error = Raised("IndentationError", ("IndentationError", "SyntaxError"), "unexpected indent", 3)
    rows = [RequirementResult(r.test, "not_run") for r in exercise.requirements]
    report = report_of(exercise, rows)
    report = type(report)(
        report.exercise, "cpu", 0, "error", Fault("syntax", "No Python.", 3, raised=error), 0.1, report.requirements
    )
    session.queue.append([Done(1, report)])
    async with make_app("en").run_test(size=(100, 40)) as pilot:
        screen = await graded(pilot, session)
        said = words(screen, "#fault")
        assert said.startswith("! No Python.\n→ line 3\n")
        assert "What it means: In Python the indentation" in said


async def test_a_heat_map_fits_the_screen_and_is_drawn_again_when_that_changes(
    make_app: MakeApp, session: FakeSession
) -> None:
    session.queue.append(differing(1, session.catalog.packs[0].exercises[0]))
    async with make_app("en").run_test(size=(80, 40)) as pilot:
        screen = await graded(pilot, session)
        wide = details(screen, 0).splitlines()
        assert "2  · 0      █ +1.8   █ -1.4   ▒ +0.7" in wide
        await pilot.resize_terminal(40, 40)
        await until(pilot, lambda: "+1.8" not in details(screen, 0))
        narrow = details(screen, 0).splitlines()
        assert "2  · ██-█▒▒" in narrow
        room = screen.query(RequirementRow).first().size.width - BESIDE
        start = narrow.index("2  · ██-█▒▒") - 3
        assert all(cell_len(line) <= room for line in narrow[start : start + 4])

"""The pane of all that a run draws: while it goes on, in both languages, in every width; what a terminal is sent."""

from __future__ import annotations

import asyncio
import math
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import app_figures
import pytest
from app_fakes import FakeSession
from app_pilot import MakeApp, open_exercise, until
from rich.segment import Segment
from terminal import Terminal, environment_for
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import Static

from tutor.app import kitty
from tutor.app.drawing import Look
from tutor.app.runs import Snapshot
from tutor.app.screens.exercise import ExerciseScreen
from tutor.app.widgets import plots_pane
from tutor.app.widgets.plots_pane import PlotsPane
from tutor.app.widgets.rows_view import RowsView
from tutor.grading.report import Curve, Image, Images
from tutor.locale import use

Compare = Callable[..., bool]
REQUIREMENTS = ("test_value", "test_trains")


class Stage(App[None]):
    """Nothing but the pane."""

    def compose(self) -> ComposeResult:
        yield PlotsPane(id="plots")

    @property
    def pane(self) -> PlotsPane:
        return self.query_one(PlotsPane)


async def drawn(pilot: Pilot[Any], pane: PlotsPane) -> str:
    """What the pane shows when it has nothing more to draw."""
    await until(pilot, lambda: pane.at_rest)
    return pane.text


async def shown(pilot: Pilot[Any], pane: PlotsPane, run: Snapshot | None) -> str:
    pane.show(run)
    return await drawn(pilot, pane)


async def test_where_nothing_was_drawn_that_is_said() -> None:
    async with Stage().run_test() as pilot:
        pane = pilot.app.query_one(PlotsPane)
        said = pane.query_one("#no-plots", Static)
        assert (pane.has_something, said.display) == (False, True)
        assert "Nothing has been drawn" in str(said.visual)
        await shown(pilot, pane, app_figures.run(REQUIREMENTS))
        assert (pane.has_something, said.display) == (True, False)
        await shown(pilot, pane, None)
        assert (pane.has_something, said.display, pane.query_one(RowsView).display) == (False, True, False)


async def test_everything_stands_below_its_requirement_in_words_and_lines() -> None:
    async with Stage().run_test(size=(100, 40)) as pilot:
        text = await shown(pilot, pilot.app.query_one(PlotsPane), app_figures.run(REQUIREMENTS))
    in_order = [
        "✓ passed  test_value",
        "loss/train: 200 steps",
        "loss/valid: 200 steps",
        "first NaN at step 121",
        "train",
        "gradient norm: 200 steps",
        "logarithmic axis",
        "✗ failed  test_trains",
        "predictions: 3 pictures of 8 by 8 pixels, from 0 (black) to 16 (white); ✓ 2 of 3 right (✗ 1 → 7)",
        "✗ 1 → 7",
        "attention: 4 by 4 values",
        "rows: query · columns: key",
        "rows: true class · columns: predicted class",
        "samples: 160 points in 8 classes",
    ]
    place = 0
    for words in in_order:
        assert words in text[place:], words
        place = text.index(words, place)


async def test_a_curve_grows_while_the_run_goes_on() -> None:
    async with Stage().run_test() as pilot:
        pane = pilot.app.query_one(PlotsPane)
        for steps in (1, 50, 200):
            curve = Curve("loss", app_figures.TRAIN[:steps])
            pane.show(app_figures.run(REQUIREMENTS, curves=[curve], drawn=[], running=steps < 200))
            words = f"loss: {steps} step"
            await until(pilot, lambda words=words: words in pane.text)  # type: ignore[misc]
        assert "200 steps, from 2.53" in await drawn(pilot, pane)


async def test_what_comes_faster_than_it_can_be_drawn_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand snapshots of a run that goes on: the last one is what is seen, and few of the others were drawn."""
    times = 0
    draw = PlotsPane._drawn

    def counted(self: PlotsPane, *job: Any) -> Any:
        nonlocal times
        times += 1
        return draw(self, *job)

    monkeypatch.setattr(PlotsPane, "_drawn", counted)
    async with Stage().run_test() as pilot:
        pane = pilot.app.query_one(PlotsPane)
        for steps in range(1, 1001):
            curve = Curve("loss", tuple(1.0 / step for step in range(1, steps + 1)))
            pane.show(app_figures.run(REQUIREMENTS, curves=[curve], drawn=[], running=True))
        await until(pilot, lambda: "loss: 1000 steps" in pane.text)
        assert times <= 3
        await shown(pilot, pane, app_figures.run(REQUIREMENTS, curves=[curve], drawn=[]))


async def test_the_run_before_stays_beside_the_new_one() -> None:
    async with Stage().run_test() as pilot:
        pane = pilot.app.query_one(PlotsPane)
        first, second = (Curve("loss", tuple(start / step for step in range(1, 20))) for start in (2.0, 1.0))
        text = await shown(pilot, pane, app_figures.run(REQUIREMENTS, curves=[first], drawn=[], token=1))
        assert "the run before" not in text
        text = await shown(pilot, pane, app_figures.run(REQUIREMENTS, curves=[second], drawn=[], token=2))
        assert "this run" in text
        assert "the run before" in text
        for token, values in ((3, (1e9, 2e9)), (4, (1.0, 0.9)), (5, (2e4, 1e4)), (6, (math.nan,))):
            other = Curve("loss", values)
            text = await shown(pilot, pane, app_figures.run(REQUIREMENTS, curves=[other], drawn=[], token=token))
            assert "the run before" not in text, "on one pair of axes nothing of the other would be seen"
        await shown(pilot, pane, None)
        text = await shown(pilot, pane, app_figures.run(REQUIREMENTS, curves=[first], drawn=[], token=7))
        assert "the run before" not in text


async def test_the_run_before_leaves_the_axes_to_the_new_one() -> None:
    def numbers(text: str) -> list[float]:
        """Those at the ticks on the right."""
        ticks = [line.rpartition("│")[2].strip() for line in text.splitlines() if line.startswith("│")]
        return [float(tick) for tick in ticks if tick]

    def last_step(text: str) -> int:
        return max(int(word) for line in text.splitlines() if line.endswith("steps") for word in line.split()[:-1])

    async with Stage().run_test() as pilot:
        pane = pilot.app.query_one(PlotsPane)
        longer = Curve("loss", tuple(3.0 - step / 50 for step in range(150)))
        now = Curve("loss", tuple(1.0 - step / 40 for step in range(20)))
        await shown(pilot, pane, app_figures.run(REQUIREMENTS, curves=[longer], drawn=[], token=1))
        text = await shown(pilot, pane, app_figures.run(REQUIREMENTS, curves=[now], drawn=[], token=2))
        assert last_step(text) <= 20
        assert max(numbers(text)) <= 1.0
        nearby = Curve("loss", tuple(1.1 - step / 40 for step in range(20)))
        text = await shown(pilot, pane, app_figures.run(REQUIREMENTS, curves=[nearby], drawn=[], token=3))
        assert "the run before" in text


async def test_another_width_another_drawing() -> None:
    async with Stage().run_test(size=(100, 40)) as pilot:
        pane = pilot.app.query_one(PlotsPane)
        wide = await shown(pilot, pane, app_figures.run(REQUIREMENTS))
        await pilot.resize_terminal(40, 12)
        await until(pilot, lambda: pane.text != wide)
        narrow = await drawn(pilot, pane)
        assert max(map(len, narrow.split("\n"))) <= 40 < max(map(len, wide.split("\n")))


async def test_another_language_the_same_figures() -> None:
    async with Stage().run_test(size=(100, 40)) as pilot:
        pane = pilot.app.query_one(PlotsPane)
        english = await shown(pilot, pane, app_figures.run(REQUIREMENTS))
        use("ja")
        try:
            pane.say()
            japanese = await drawn(pilot, pane)
        finally:
            use("en")
        assert "200 steps" in english
        assert "200 ステップ" in japanese
        assert "200 steps" not in japanese


async def test_a_pane_that_is_not_seen_draws_nothing_until_it_is() -> None:
    async with Stage().run_test() as pilot:
        pane = pilot.app.query_one(PlotsPane)
        pane.display = False
        await pilot.pause()
        assert await shown(pilot, pane, app_figures.run(REQUIREMENTS)) == ""
        assert pane.has_something
        pane.display = True
        await until(pilot, lambda: "loss/train" in pane.text)


async def test_hostile_numbers_are_drawn_as_well_as_can_be() -> None:
    values = (math.nan, math.inf, -math.inf, 1.7e308, -1.7e308, 5e-324, 0.0)
    async with Stage().run_test(size=(60, 30)) as pilot:
        pane = pilot.app.query_one(PlotsPane)
        text = await shown(pilot, pane, app_figures.run(REQUIREMENTS, curves=[Curve("odd", values)], drawn=[]))
        assert "first NaN at step 1" in text


async def test_text_can_be_selected_and_copied() -> None:
    async with Stage().run_test(size=(100, 40)) as pilot:
        pane = pilot.app.query_one(PlotsPane)
        await shown(pilot, pane, app_figures.run(REQUIREMENTS))
        pilot.app.screen.text_select_all()
        selected = pilot.app.screen.get_selected_text()
        assert selected is not None
        assert "first NaN at step 121" in selected.replace("\n", " ")


def test_the_screen_does_not_wait_for_numpy() -> None:
    """A thread imports it, with the first figure."""
    program = "import sys, tutor.app.screens.exercise; print({'numpy', 'uniplot', 'torch'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


class TestTheTerminalsPictures:
    """In a terminal that knows kitty's placeholders: everything that is written to it is caught."""

    @pytest.fixture
    def written(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        told: list[str] = []
        monkeypatch.setattr(plots_pane, "look_of", lambda app: Look("many", "kitty", app.current_theme.dark))
        monkeypatch.setattr(PlotsPane, "_tell", lambda self, words: told.append(words) if words else None)
        return told

    async def test_a_picture_is_sent_before_its_cells_are_painted(self, written: list[str]) -> None:
        picture = Images("digit", (Image(8, 8, bytes(64)),))
        async with Stage().run_test() as pilot:
            pane = pilot.app.query_one(PlotsPane)
            text = await shown(pilot, pane, app_figures.run(REQUIREMENTS, curves=[], drawn=[picture]))
            assert kitty.PLACEHOLDER in text
            assert "▀" not in text
            assert [words.count("a=T") for words in written] == [1]
            view = pane.query_one(RowsView)
            (line,) = [y for y, row in enumerate(text.split("\n")) if kitty._marks()[3] + kitty._marks()[0] in row]
            segments = [s for s in view.render_line(line) if kitty.PLACEHOLDER in s.text]
            assert [color_of(s) for s in segments] == [kitty.NUMBERS[0]]
        assert written[-1] == kitty.forgotten(kitty.number_of(0, all_colours=True))

    async def test_somebody_else_had_the_terminal(self, written: list[str]) -> None:
        picture = Images("digit", (Image(8, 8, bytes(64)),))
        async with Stage().run_test() as pilot:
            pane = pilot.app.query_one(PlotsPane)
            await shown(pilot, pane, app_figures.run(REQUIREMENTS, curves=[], drawn=[picture]))
            pilot.app.app_resume_signal.publish(pilot.app)
            await until(pilot, lambda: len(written) == 2)
            await drawn(pilot, pane)
        assert [words.count("a=T") for words in written] == [1, 1, 0]

    async def test_the_same_run_is_not_sent_again(self, written: list[str]) -> None:
        picture = Images("digit", (Image(8, 8, bytes(64)),))
        async with Stage().run_test() as pilot:
            pane = pilot.app.query_one(PlotsPane)
            for steps in (1, 2, 3):
                curve = Curve("loss", app_figures.TRAIN[:steps])
                await shown(pilot, pane, app_figures.run(REQUIREMENTS, curves=[curve], drawn=[picture]))
        assert sum(words.count("a=T") for words in written) == 1


def color_of(segment: Segment) -> tuple[int, int, int] | None:
    color = segment.style.color if segment.style is not None else None
    return None if color is None or color.triplet is None else tuple(color.triplet)


STAGE = """
import sys
sys.path.insert(0, {tests!r})
import app_figures
from test_app_plots_pane import Stage

class Play(Stage):
    BINDINGS = [("q", "quit", "Quit")]

    def on_mount(self):
        self.pane.show(app_figures.run(("test_one",), curves=[]))

Play().run()
"""


@pytest.mark.parametrize(
    ("surroundings", "sends"),
    [
        ({"TERM": "xterm-kitty", "COLORTERM": "truecolor"}, True),
        ({"TERM": "xterm-kitty"}, True),
        ({"TERM": "xterm-kitty", "COLORTERM": "truecolor", "TUTOR_GRAPHICS": "off"}, False),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, False),
    ],
    ids=["kitty", "kitty through ssh", "switched off", "another"],
)
def test_a_real_terminal_is_sent_pictures_and_then_told_to_forget_them(
    tmp_path: Path, surroundings: dict[str, str], sends: bool
) -> None:
    environment = environment_for(tmp_path) | surroundings
    program = STAGE.format(tests=str(Path(__file__).parent))
    terminal = Terminal([sys.executable, "-c", program], environment)
    cell = kitty.PLACEHOLDER.encode() if sends else "▀".encode()
    try:
        terminal.wait_until(lambda: cell in terminal.raw)
        terminal.press("q")
        assert terminal.end() == 0
        raw = bytes(terminal.raw)
        terminal.is_sane()
    finally:
        terminal.clear_up()
    assert (b"\x1b_G" in raw) is (kitty.PLACEHOLDER.encode() in raw) is sends
    if not sends:
        return
    all_colours = "COLORTERM" in surroundings
    red, green, blue = kitty.NUMBERS[0]
    number = kitty.number_of(0, all_colours=all_colours)
    colour = f"38;2;{red};{green};{blue}" if all_colours else f"38;5;{number}"
    sent, first_cell = raw.index(f"a=T,U=1,q=2,i={number},".encode()), raw.index(cell)
    assert sent < first_cell
    assert re.search(rf"\x1b\[[0-9;]*{colour}[0-9;]*m{kitty.PLACEHOLDER}".encode(), raw)
    assert raw.index(f"a=d,d=I,i={number},".encode()) > first_cell


async def test_in_the_app_the_pane_has_a_key_and_a_mark(make_app: MakeApp, session: FakeSession) -> None:
    async with make_app().run_test(size=(80, 24)) as pilot:
        screen = await open_exercise(pilot)
        session.workspace.path(screen.exercise).write_text("good")
        await until(pilot, lambda: screen.plots.has_something)
        await pilot.press("6")
        await until(pilot, lambda: "loss: 60 steps" in screen.plots.text)
        assert "digit: a picture of 11 by 11 pixels" in await drawn(pilot, screen.plots)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("part", ["curves", "pictures", "points"])
def test_looks(snap_compare: Compare, make_app: MakeApp, language: str, size: tuple[int, int], part: str) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        screen = await open_exercise(pilot)
        assert isinstance(screen, ExerciseScreen)
        requirements = [requirement.test for requirement in screen.exercise.requirements]
        await pilot.press("6")
        await pilot.pause()
        text = await shown(pilot, screen.plots, app_figures.run(requirements))
        beginning = {"curves": "", "pictures": "\npredictions", "points": "\nsamples"}[part]
        line = text[: text.index(beginning)].count("\n") + 1
        screen.plots.scroll_to(y=line if beginning else 0, animate=False)
        await pilot.pause()
        await asyncio.sleep(0)
        await pilot.pause()

    assert snap_compare(make_app(language), terminal_size=size, run_before=before)

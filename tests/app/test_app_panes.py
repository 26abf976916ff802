"""The panes of an exercise: which are shown where, by keys, mouse and width; and what never takes one away."""

from __future__ import annotations

from typing import Any

import pytest
from app_fakes import FakeSession
from app_pilot import MakeApp, exercise, open_exercise, status, taken_up, until, verdicts, words
from rich.cells import cell_len
from textual.pilot import Pilot

from tutor.app.panes import LABELS, PANES, WIDE, WIDEST, Shown, columns, tabs
from tutor.app.screens.exercise import ExerciseScreen
from tutor.app.widgets.pane_tabs import PaneTabs
from tutor.app.widgets.requirements import RequirementRow
from tutor.catalog.model import Exercise

MARKS = {"code": "•", "result": "4/6", "hints": "1/3", "output": "▪", "plots": "▪"}


class TestColumns:
    @pytest.mark.parametrize("width", [20, WIDE - 1, WIDE, WIDEST - 1, WIDEST, 400])
    def test_every_pane_stands_once(self, width: int) -> None:
        assert sorted(pane for column in columns(width) for pane in column) == sorted(PANES)

    def test_more_room_more_columns(self) -> None:
        assert [len(columns(width)) for width in (40, 120, 180)] == [1, 2, 3]


class TestShown:
    def test_one_of_each_column_the_latest(self) -> None:
        shown = Shown()
        assert shown.panes(40) == ("lesson",)
        assert shown.panes(120) == ("lesson", "result")
        assert shown.panes(180) == ("lesson", "code", "result")
        shown.ask("plots")
        shown.ask("code")
        assert shown.panes(40) == ("code",)
        assert shown.panes(120) == ("code", "plots")
        assert shown.panes(180) == ("lesson", "code", "plots")

    @pytest.mark.parametrize("pane", ["lesson", "hints", "solution", "code"])
    def test_a_save_shows_its_result(self, pane: str) -> None:
        shown = Shown()
        shown.ask(pane)
        shown.make_way(40, typing=False)
        assert shown.panes(40) == ("result",)

    @pytest.mark.parametrize("pane", ["output", "plots"])
    def test_but_what_tells_of_the_run_stays(self, pane: str) -> None:
        shown = Shown()
        shown.ask(pane)
        shown.make_way(120, typing=False)
        assert shown.panes(120)[1] == pane

    def test_and_nobody_who_types_is_interrupted(self) -> None:
        shown = Shown()
        shown.ask("hints")
        shown.ask("code")
        shown.make_way(40, typing=True)
        assert shown.panes(40) == ("code",)
        shown.make_way(120, typing=True)
        assert shown.panes(120) == ("code", "result")
        assert shown.latest == "code"


class TestTabs:
    def drawn(self, room: int, chosen: str = "result") -> list[str]:
        return [tab.text for tab in tabs(PANES, chosen, MARKS, room, LABELS.__getitem__, cell_len)]

    def test_all_labels_where_there_is_room(self) -> None:
        full = " 1 Lesson  2 Code •  3 Result 4/6  4 Hints 1/3  5 Output ▪  6 Plots ▪  7 Solution "
        assert "".join(self.drawn(len(full))) == full
        assert "".join(self.drawn(80)) == " 1 Lesson  2 Code •  3 Result 4/6  4 Hints  5 Output  6 Plots  7 Solution "

    def test_digits_where_there_is_little(self) -> None:
        assert self.drawn(40) == [" 1 ", " 2 • ", " 3 Result 4/6 ", " 4 ", " 5 ", " 6 ", " 7 "]
        assert self.drawn(40, "solution") == [" 1 ", " 2 • ", " 3 4/6 ", " 4 ", " 5 ", " 6 ", " 7 Solution "]

    @pytest.mark.parametrize("chosen", PANES)
    def test_forty_cells_are_enough(self, chosen: str) -> None:
        assert sum(map(cell_len, self.drawn(40, chosen))) <= 40


def first(session: FakeSession) -> Exercise:
    return session.catalog.packs[0].exercises[0]


def seen(screen: ExerciseScreen) -> list[str]:
    """The panes that can be seen, and have room."""
    return [pane for pane in PANES if screen.query_one(f"#{pane}").region.height > 3]


@pytest.mark.parametrize(
    ("size", "beside"),
    [
        ((40, 12), None),
        ((80, 24), None),
        ((120, 40), {"lesson", "code", "solution"}),
        ((180, 50), {"lesson", "solution"}),
    ],
)
async def test_keys_show_each_pane_in_every_width(
    make_app: MakeApp, size: tuple[int, int], beside: set[str] | None
) -> None:
    async with make_app().run_test(size=size) as pilot:
        screen = await open_exercise(pilot)
        for key, pane in (*enumerate(PANES, 1), (1, "lesson")):
            await pilot.press(str(key))
            await until(pilot, lambda pane=pane: pilot.app.focused is screen.query_one(f"#{pane}"))
            await until(pilot, lambda pane=pane: pane in seen(screen))
            assert len(seen(screen)) == len(columns(size[0]))
            if beside is not None and pane in beside:
                assert {"output", "plots", "result", "hints"} & set(seen(screen))


async def test_a_click_on_a_tab_shows_its_pane(make_app: MakeApp) -> None:
    async with make_app().run_test(size=(80, 24)) as pilot:
        screen = await open_exercise(pilot)
        bar = screen.query_one("#tabs-0", PaneTabs)
        at = cell_len(str(bar.visual).partition("6 Plots")[0])
        await pilot.click(bar, offset=(at, 0))
        await until(pilot, lambda: seen(screen) == ["plots"])


async def test_the_pane_that_has_the_keys_stays_when_the_width_changes(make_app: MakeApp) -> None:
    async with make_app().run_test(size=(180, 50)) as pilot:
        screen = await open_exercise(pilot)
        await pilot.press("6")
        await until(pilot, lambda: pilot.app.focused is screen.plots)
        assert seen(screen) == ["lesson", "code", "plots"]
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: seen(screen) == ["plots"])
        assert pilot.app.focused is screen.plots
        await pilot.resize_terminal(120, 40)
        await until(pilot, lambda: seen(screen) == ["lesson", "plots"])


async def test_a_save_from_outside_shows_the_result_beside_the_lesson_or_over_it(
    make_app: MakeApp, session: FakeSession
) -> None:
    async with make_app().run_test(size=(80, 24)) as pilot:
        screen = await open_exercise(pilot)
        session.workspace.path(first(session)).write_text("bad")
        await until(pilot, lambda: seen(screen) == ["result"])
        await until(pilot, lambda: pilot.app.focused is screen.query_one("#result"))
        await until(pilot, lambda: "Not yet" in status(pilot))
        await pilot.press("5")
        session.workspace.path(first(session)).write_text("good")
        await until(pilot, lambda: "Passed" in status(pilot))
        assert seen(screen) == ["output"]  # whoever watches the output goes on watching
        assert "3 Result 4/4" in str(screen.query_one("#tabs-0", PaneTabs).visual)


async def test_hints_are_a_pane_that_the_result_points_at(make_app: MakeApp, session: FakeSession) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await open_exercise(pilot)
        assert "after a first try" in words(screen, "#hint-more")
        session.workspace.path(first(session)).write_text("bad")
        await until(pilot, lambda: "Mean or sum" in words(screen, "#hint-pointer"))
        assert "4 Hints 0/3" in str(screen.query_one("#tabs-1", PaneTabs).visual)
        await pilot.press("h")
        await until(pilot, lambda: "hints" in seen(screen))
        await until(pilot, lambda: "4 Hints 1/3" in str(screen.query_one("#tabs-1", PaneTabs).visual))


async def test_a_failed_requirement_leads_to_its_line(make_app: MakeApp, session: FakeSession) -> None:
    session.open(first(session)).write_text("\n".join(f"line{n} = 'bad'" for n in range(1, 31)))
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await open_exercise(pilot)
        await until(pilot, lambda: verdicts(screen) == ["passed", "failed", "failed", "passed"])
        row = screen.query(RequirementRow)[2]
        assert row.verdict.plain == "✗ failed\n→ line 12"
        await pilot.click(row, offset=(3, 1))
        await until(pilot, lambda: screen.code.editing)
        assert screen.code.place == (12, 1)
        await pilot.press("ctrl+home", "escape", "g")
        await until(pilot, lambda: screen.code.editing and screen.code.place == (12, 1))


async def test_nothing_to_go_to_is_said(make_app: MakeApp, session: FakeSession) -> None:
    async with make_app().run_test() as pilot:
        await open_exercise(pilot)
        await pilot.press("g")
        await until(pilot, lambda: any("names a line" in str(n.message) for n in pilot.app._notifications))


async def test_the_language_changes_every_pane_and_keeps_the_place(make_app: MakeApp, session: FakeSession) -> None:
    async with make_app().run_test(size=(80, 24)) as pilot:
        screen = await open_exercise(pilot)
        await pilot.press("2", "enter")
        await until(pilot, lambda: screen.code.editing)
        await pilot.press("down", "down", "end", "z", "escape", "l")
        await until(pilot, lambda: "コード" in str(screen.query_one("#tabs-0", PaneTabs).visual))
        assert seen(screen) == ["code"]
        assert pilot.app.focused is screen.code
        assert screen.code.dirty
        await until(pilot, lambda: "未保存" in status(pilot))
        line = screen.code.text.split("\n")[2]
        assert line.endswith("z")
        assert screen.code.place == (3, len(line) + 1)


async def test_what_is_printed_can_be_selected_unfolded(make_app: MakeApp, session: FakeSession) -> None:
    async with make_app().run_test(size=(60, 24)) as pilot:
        screen = await open_exercise(pilot)
        await _printed(pilot, screen, session, "x" * 100 + "\nsecond 二\n")
        await pilot.press("5")
        await until(pilot, lambda: seen(screen) == ["output"])
        await until(pilot, lambda: len(screen.output._lines) == 3)
        await pilot.mouse_down(screen.output, offset=(3, 1))
        await pilot.hover(screen.output, offset=(10, 3))
        await pilot.mouse_up(screen.output, offset=(10, 3))
        await until(pilot, screen.get_selected_text)
        assert screen.get_selected_text() == "x" * 98 + "\nsecond 二"


async def _printed(pilot: Pilot[Any], screen: ExerciseScreen, session: FakeSession, text: str) -> None:
    from app_fakes import passing

    from tutor.grading.report import Collected, Output

    what = first(session)
    names = tuple(r.test for r in what.requirements)
    session.queue.append([Collected(1, names, "cpu"), Output(1, names[0], text), *list(passing(1, what))[-2:]])
    await pilot.press("r")
    await until(pilot, lambda: screen.output.text == text)


async def test_next_and_back_need_no_mouse(make_app: MakeApp, session: FakeSession) -> None:
    async with make_app().run_test(size=(80, 24)) as pilot:
        screen = await open_exercise(pilot)
        await pilot.press("2", "enter")
        await until(pilot, lambda: screen.code.editing)
        await pilot.press(*"good", "ctrl+s")
        await until(pilot, lambda: "Passed" in status(pilot))
        assert screen.code.editing  # the verdict takes nobody's view away
        await pilot.press("escape", "n")
        await until(pilot, lambda: exercise(pilot).exercise.name == "combined")
        await taken_up(pilot, exercise(pilot))

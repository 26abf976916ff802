"""Two texts beside each other: what differs, where there is room, and what says so without colour."""

from __future__ import annotations

from typing import Any

import pytest
from app_fakes import FakeSession
from app_pilot import MakeApp, open_exercise, status, until, words
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.pilot import Pilot

from tutor.app.diffing import below, beside, compare
from tutor.app.screens.diff import DiffScreen
from tutor.app.screens.exercise import ExerciseScreen
from tutor.app.widgets.diff_view import DiffView
from tutor.catalog.model import Exercise

LEFT = "import torch\n\ndef f(x):\n    return x.sum()\n"
RIGHT = "import torch\n\ndef f(x):\n    y = x\n    return x.mean()\n"


def drawn(lines: Any) -> list[str]:
    return ["".join(text for text, _look in line).rstrip() for line in lines]


class TestCompare:
    def test_beside(self) -> None:
        assert drawn(beside(compare(LEFT, RIGHT), 63)) == [
            "1   import torch               │ 1   import torch",
            "2                              │ 2",
            "3   def f(x):                  │ 3   def f(x):",
            "                               │ 4 +     y = x",
            "4 -     return x.sum()         │ 5 +     return x.mean()",
        ]

    def test_below(self) -> None:
        assert drawn(below(compare(LEFT, RIGHT), 40)) == [
            "1   import torch",
            "2",
            "3   def f(x):",
            "4 -     return x.sum()",
            "4 +     y = x",
            "5 +     return x.mean()",
        ]

    def test_only_what_changed_of_a_line_stands_out(self) -> None:
        (row,) = compare("return x.sum()", "return x.mean()")
        assert row.left is not None
        assert row.right is not None
        assert "".join(text for text, look in row.left.pieces if look == "removed-part") in "sum"
        assert "".join(text for text, _ in row.right.pieces) == "return x.mean()"
        (row, *_) = compare("aaaa", "zzzz")
        assert row.left is not None
        assert row.left.pieces == (("aaaa", "removed"),)

    def test_a_changed_line_faces_what_it_became(self) -> None:
        rows = compare("# a comment\n\nreturn ((x - t) ** 2).mean()", "return (x - t).square().mean()")
        assert [(row.left is not None, row.right is not None) for row in rows] == [
            (True, False),
            (True, False),
            (True, True),
        ]

    def test_long_texts_that_have_nothing_in_common_take_no_time(self) -> None:
        rows = compare("\n".join(f"a{n}" for n in range(3000)), "\n".join(f"b{n}" for n in range(3000)))
        assert len(rows) == 3000

    def test_long_lines_are_folded_between_characters(self) -> None:
        lines = drawn(below(compare("損失" * 20, ""), 30))
        assert len(lines) == 4
        assert all(cell_len(line) <= 30 for line in lines)
        assert "".join(line[4:] for line in lines) == "損失" * 20

    @given(
        st.lists(st.text("ab 二\t", max_size=60), max_size=6),
        st.lists(st.text("ab 二\t", max_size=60), max_size=6),
        st.integers(20, 120),
    )
    def test_nothing_is_lost_and_every_line_is_as_wide_as_it_is_said(
        self, left: list[str], right: list[str], width: int
    ) -> None:
        rows = compare("\n".join(left), "\n".join(right))
        for line in below(rows, width):
            assert sum(cell_len(text) for text, _ in line) == width
        half = (width - 3) // 2
        for line in beside(rows, width):
            assert sum(cell_len(text) for text, _ in line) == 2 * half + 3
        for side, texts in (("left", left), ("right", right)):
            shown = ["".join(text for text, _ in getattr(row, side).pieces) for row in rows if getattr(row, side)]
            assert shown == "\n".join(texts).expandtabs(4).splitlines()


def first(session: FakeSession) -> Exercise:
    return session.catalog.packs[0].exercises[0]


async def passed(pilot: Pilot[Any], session: FakeSession) -> ExerciseScreen:
    screen = await open_exercise(pilot)
    session.workspace.path(first(session)).write_text("import torch\n\n\ngood = 1\n")
    await until(pilot, lambda: "Passed" in status(pilot))
    return screen


def shown(screen: object) -> list[str]:
    view = screen.query_one(DiffView)  # type: ignore[attr-defined]
    return drawn(view._lines)


async def test_it_opens_after_a_pass(make_app: MakeApp, session: FakeSession) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await open_exercise(pilot)
        await pilot.press("d")
        await until(pilot, lambda: any("once you have passed" in str(n.message) for n in pilot.app._notifications))
        assert pilot.app.screen is screen
        session.workspace.path(first(session)).write_text("good")
        await until(pilot, lambda: "Passed" in status(pilot))
        await pilot.press("d")
        await until(pilot, lambda: isinstance(pilot.app.screen, DiffScreen))
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)


@pytest.mark.parametrize(("size", "is_beside"), [((120, 40), True), ((80, 24), False), ((40, 12), False)])
async def test_mine_and_the_solution(
    make_app: MakeApp, session: FakeSession, size: tuple[int, int], is_beside: bool
) -> None:
    async with make_app().run_test(size=size) as pilot:
        await passed(pilot, session)
        await pilot.press("d")
        await until(pilot, lambda: isinstance(pilot.app.screen, DiffScreen))
        screen = pilot.app.screen
        await until(pilot, lambda: screen.query_one(DiffView)._lines)
        assert screen.query_one(DiffView).is_beside is is_beside
        lines = shown(screen)
        mine = next(line for line in lines if "good = 1" in line)
        assert mine.lstrip("0123456789 ").startswith("- good = 1")
        assert ("│" in mine) is is_beside
        assert any("+ class SquaredErrorLoss(torch.nn.Module):"[:30] in line for line in lines)
        heading = words(screen, "#heading")
        assert heading.startswith("- Yours")
        assert "+ The solution" in heading
        await pilot.press("l")
        await until(pilot, lambda: "自分の答え" in words(screen, "#heading"))


async def test_it_is_laid_out_anew_for_another_width(make_app: MakeApp, session: FakeSession) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        await passed(pilot, session)
        await pilot.press("d")
        await until(pilot, lambda: isinstance(pilot.app.screen, DiffScreen))
        view = pilot.app.screen.query_one(DiffView)
        await until(pilot, lambda: any("│" in line for line in shown(pilot.app.screen)))
        await pilot.resize_terminal(60, 24)
        await until(pilot, lambda: not view.is_beside and not any("│" in line for line in shown(pilot.app.screen)))


async def test_two_that_are_alike_are_said_to_be(make_app: MakeApp, session: FakeSession) -> None:
    async with make_app().run_test(size=(80, 24)) as pilot:
        await open_exercise(pilot)
        session.script = lambda run, what, source: __import__("app_fakes").passing(run, what)
        session.workspace.path(first(session)).write_text(first(session).solutions[0].read_text())
        await until(pilot, lambda: "Passed" in status(pilot))
        await pilot.press("d")
        await until(pilot, lambda: isinstance(pilot.app.screen, DiffScreen))
        assert words(pilot.app.screen, "#heading") == "Yours and The solution are alike."

"""What a run has drawn, as ``check`` tells it: sentences everywhere, figures on a terminal."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from io import StringIO

import msgspec
import pytest
from cli_tools import PASSED, FakeEngine, tutor
from rich.console import Console

from tutor.cli import paper
from tutor.grading.report import Curve, Image, Images, Matrix

EngineSays = Callable[..., FakeEngine]
ID = "sums/double"
DRAWN = msgspec.structs.replace(
    PASSED,
    curves=(
        Curve("loss/train", (2.0, 1.0, 0.5), "test_three"),
        Curve("loss/valid", (2.0, math.nan, 1.0), "test_three"),
        Curve("norm", (1.0,), "test_zero"),
    ),
    drawings=(
        Images("digit", (Image(2, 2, bytes([0, 255, 255, 0])),), requirement="test_zero"),
        Matrix("attention", ((0.25, 0.75),), ("the",), ("a", "b"), ("query", "key"), "test_zero"),
    ),
)


def test_elsewhere_each_is_a_sentence_below_its_requirement(engine_says: EngineSays) -> None:
    engine_says(DRAWN)
    lines = tutor("check", ID).out.splitlines()
    three = lines.index("✓ passed   double of 3 is right")
    assert lines[three + 1 : three + 3] == [
        "    loss/train: 3 steps, from 2 to 0.5, lowest 0.5 at step 3",
        "    loss/valid: 3 steps, from 2 to 1, lowest 1 at step 3; first NaN at step 2",
    ]
    assert lines[three + 4 : three + 7] == [
        "    norm: 1 step, 1",
        "    digit: a picture of 2 by 2 pixels, from 0 (black) to 1 (white)",
        "    attention: 1 by 2 values; largest 0.75 at query the, key b; smallest 0.25 at query the, key a",
    ]
    assert not set("▀█⠒╭") & set("".join(lines))


def test_of_many_exercises_only_the_verdicts_are_told(engine_says: EngineSays) -> None:
    engine_says(DRAWN, PASSED, PASSED, PASSED, PASSED)
    assert "loss" not in tutor("check", "--all").out


def test_a_run_that_draws_nothing_says_nothing_of_it(engine_says: EngineSays) -> None:
    engine_says(PASSED)
    out = tutor("check", ID).out
    assert "Nothing has been drawn" not in out


@pytest.mark.parametrize(
    ("environment", "grey", "picture"),
    [
        ({"COLORTERM": "truecolor"}, 9, "38;2;9;9;9"),
        ({"TERM": "xterm-256color"}, 118, "38;5;243"),  # rich keeps how it has written a style: no grey comes twice
        ({"NO_COLOR": "1"}, 255, "████"),
    ],
    ids=["truecolor", "256", "none"],
)
def test_a_terminal_gets_the_figures_too(
    engine_says: EngineSays, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], grey: int, picture: str
) -> None:
    shown = StringIO()
    console = Console(
        file=shown, force_terminal=True, width=60, highlight=False, _environ={"TERM": "xterm-256color", **environment}
    )
    monkeypatch.setattr(paper, "terminal", lambda: console)
    digit = Images("digit", (Image(2, 2, bytes([grey] * 4)),), requirement="test_zero")
    engine_says(msgspec.structs.replace(DRAWN, drawings=(digit, DRAWN.drawings[1])))
    tutor("check", ID)
    text = shown.getvalue()
    assert picture in text
    bare = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text)
    assert "loss/train: 3 steps" in bare
    assert "⠒⠒⠒⠒ train   ⠒⠒ ⠒⠒ valid" in bare
    assert "rows: query · columns: key" in bare
    figures = [line for line in bare.splitlines() if set("▀⠒╭│") & set(line)]
    assert figures
    assert max(map(len, figures)) <= 60

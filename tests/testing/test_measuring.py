from __future__ import annotations

import math

import pytest
import torch

from tutor import locale
from tutor.feedback.figures import figure_lines
from tutor.grading import Figure, RequirementResult
from tutor.testing import Mismatch, expect_at_least, expect_at_most
from tutor.testing.measuring import take_figures

WORDS = {"en": "the accuracy", "ja": "正解率"}


@pytest.fixture(autouse=True)
def _none_left() -> None:
    take_figures()


def test_a_figure_is_told_whether_it_is_enough_or_not() -> None:
    expect_at_least(0.93, 0.9, **WORDS)
    expect_at_most(torch.tensor(0.5), 0.5, **WORDS)
    with pytest.raises(Mismatch, match=r"^The accuracy should be at least 0\.9, but it is 0\.8999\.$") as caught:
        expect_at_least(0.8999, 0.9, **WORDS)
    assert (caught.value.expected, caught.value.came) == ("at least 0.9", "0.8999")
    assert [tuple(figure) for figure in take_figures()] == [
        ("the accuracy", 0.93, 0.9, "at_least"),
        ("the accuracy", 0.5, 0.5, "at_most"),
        ("the accuracy", 0.8999, 0.9, "at_least"),
    ]
    assert take_figures() == []


@pytest.mark.parametrize("expectation", [expect_at_least, expect_at_most])
def test_nan_reaches_no_bar(expectation) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(Mismatch, match="nan"):
        expectation(math.nan, 0.0, **WORDS)


@pytest.mark.parametrize("value", [True, "0.9", None, torch.ones(2), torch.tensor(1j)])
def test_what_is_no_figure_is_the_graders_fault(value: object) -> None:
    with pytest.raises(TypeError, match="real number"):
        expect_at_least(value, 0.0, **WORDS)  # type: ignore[arg-type]
    assert take_figures() == []


def test_in_the_language_of_the_run() -> None:
    locale.use("ja")
    with pytest.raises(Mismatch, match="正解率"):
        expect_at_least(0.1, 0.9, **WORDS)
    assert take_figures()[0].what == "正解率"


def test_lines_about_figures() -> None:
    enough, short = Figure("the accuracy", 0.97134, 0.9, "at_least"), Figure("the loss", 2.0, 1.0, "at_most")
    passed = RequirementResult("test_a", "passed", figures=(enough, enough))
    failed = RequirementResult("test_a", "failed", "…", figures=(enough, short))
    assert list(figure_lines(passed)) == ["The accuracy: 0.9713 (at least 0.9)"] * 2
    assert list(figure_lines(failed)) == ["The accuracy: 0.9713 (at least 0.9)"], "the message tells the other"

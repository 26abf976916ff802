"""What was expected and what came, in lines: facts side by side, and differences in shades that need no colour."""

from __future__ import annotations

import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tutor import locale
from tutor.feedback.compare import SHADES, compared
from tutor.grading.report import Comparison, Facts

FLOATS = Facts((2, 3), "float32", "cpu")


def shown(comparison: Comparison, message: str = "It differs.", width: int = 76) -> list[str]:
    return ["".join(text for text, _look in line) for line in compared(comparison, message, width)]


def with_difference(*rows: tuple[float, ...]) -> Comparison:
    return Comparison("it", "a", "a", max(map(abs, rows[0])), (0, 0), FLOATS, FLOATS, rows)


def test_equal_facts_take_one_line() -> None:
    assert shown(Comparison("it", "1", "2", None, None, FLOATS, FLOATS)) == [
        "expected: 1",
        "came:     2",
        "both: shape (2, 3), float32, on cpu, finite: yes",
    ]


def test_different_facts_stand_side_by_side() -> None:
    came = Facts((2, 3), "float64", "cuda:0", 4, 1)
    lines = compared(Comparison("it", "a", "a", None, None, FLOATS, came), "", 76)
    assert ["".join(text for text, _look in line) for line in lines] == [
        "          shape   dtype    device  finite",
        "expected  (2, 3)  float32  cpu     yes",
        "came      (2, 3)  float64  cuda:0  no (4 NaN, 1 infinite)",
    ]
    assert [text.strip() for text, look in lines[2] if look == "differs"] == [
        "float64",
        "cuda:0",
        "no (4 NaN, 1 infinite)",
    ]


def test_a_gpu_by_its_number_is_the_gpu_that_was_asked_for() -> None:
    wanted, came = Facts((2,), "float32", "cuda"), Facts((2,), "float64", "cuda:0")
    lines = compared(Comparison("it", "a", "a", None, None, wanted, came), "", 76)
    assert [text.strip() for text, look in lines[2] if look == "differs"] == ["float64"]


def test_where_a_table_has_no_room_the_facts_stand_below_each_other() -> None:
    came = Facts((2, 3), "float64", "cpu")
    lines = shown(Comparison("it", "a", "a", None, None, FLOATS, came), width=30)
    assert lines[:3] == ["expected", "  shape: (2, 3)", "  dtype: float32"]
    assert "  dtype: float64" in lines


def test_a_shape_alone_leaves_the_rest_open() -> None:
    lines = shown(Comparison("it", "()", "(2, 3)", None, None, Facts(()), FLOATS))
    assert lines[-2:] == ["expected  ()      –        –       –", "came      (2, 3)  float32  cpu     yes"]


def test_what_the_message_has_said_is_not_said_again() -> None:
    comparison = Comparison("it", "1 (float32)", "2 (float32)", 1.0, None, FLOATS, FLOATS)
    assert shown(comparison, "It should be 1 (float32), but it is 2 (float32).") == ["largest difference: 1"]


def test_a_small_map_holds_numbers_and_a_large_one_shades() -> None:
    small = shown(with_difference((0.0, 0.5), (-1.0, 2.0)))
    assert small[-4:] == ["   0       1", "0  · 0     ░ +0.5", "1  ▒ -1    █ +2", "3 of 4 values differ"]
    large = shown(with_difference(*[tuple(float(c) for c in range(16)) for _row in range(16)]))
    assert large[-3] == "15  · ░░░░░░▒▒▒▒▒▒▒▒▓▓▓▓▓▓▓▓████████"
    assert large[-2] == "up to ░ 3.8, ▒ 7.5, ▓ 11, █ 15"


def test_shades_have_a_sign_where_less_came() -> None:
    lines = shown(with_difference(*[tuple(float(c - 8) for c in range(16)) for _row in range(2)]))
    assert lines[-4] == "1  -█-█-▓-▓-▒-▒-░-░· ░░░░▒▒▒▒▓▓▓▓██"
    assert lines[-2] == "- before a shade: less came than was expected"


def part_of(comparison: Comparison, *part: tuple[int, int]) -> Comparison:
    return msgspec.structs.replace(comparison, part=part)


def test_the_part_of_a_larger_tensor_is_named_and_numbered() -> None:
    difference = with_difference((0.0, 1.0), (0.0, 0.0))
    lines = shown(part_of(difference, (3, 4), (10, 12), (98, 100)))
    assert (
        lines[-5:]
        == [
            "difference (what came, less what was expected) in [3, 10:12, 98:100]:",
            "    98    99",
            "10  · 0   █ +1",
            "11  · 0   · 0",
            "1 of 4 values differ",
        ]
        or lines[-1] == "only row 10 differs"
    )
    wide = shown(part_of(with_difference(tuple(float(n) for n in range(16))), (1000, 1016)))
    assert wide[-4] == "1000  1003  1006  1009  1012  1015"
    assert wide[-5].endswith("in [1000:1016]:")


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([(0.5, 0.5), (0.5, 0.5)], "every value differs, and all by the same"),
        ([(0.5, 0.25)], "every value differs"),
        ([(0.0, 0.0), (1.0, 2.0)], "only row 1 differs"),
        ([(0.0, 1.0), (0.0, 2.0)], "only column 1 differs"),
        ([(0.0, 1.0), (2.0, 0.0)], "2 of 4 values differ"),
        ([(0.0, 1.0, 2.0)], "2 of 3 values differ"),
        ([(0.0, math.nan), (0.0, 0.0)], "only row 0 differs"),
        ([(math.nan, math.inf), (math.inf, 1.0)], "every value differs"),
    ],
)
def test_where_the_values_differ_is_said(rows: list[tuple[float, ...]], words: str) -> None:
    assert shown(with_difference(*rows))[-1] == words


def test_a_vector_is_one_row_without_a_number() -> None:
    assert shown(with_difference((1.0, -1.0)))[-3:] == ["0     1", "█ +1  █ -1", "every value differs"]


def test_what_is_not_finite_has_a_sign_of_its_own() -> None:
    lines = shown(with_difference((1.0, math.nan, math.inf)))
    assert lines[-3:-1] == ["█ +1   × nan  × inf", "× not finite"]


def test_one_number_needs_no_map() -> None:
    assert shown(with_difference((1.0,)))[-1] == "largest difference: 1 at [0, 0]"


def test_it_is_said_in_japanese_too() -> None:
    locale.use("ja")
    lines = shown(Comparison("it", "a", "a", 0.5, (1, 2), FLOATS, Facts((2, 3), "float64", "cpu")))
    assert lines[0].split() == ["形状", "dtype", "デバイス", "有限"]
    assert lines[-1] == "最大の差：0.5（位置 [1, 2]）"


numbers = st.floats(allow_nan=True, allow_infinity=True)


@given(
    st.integers(1, 16).flatmap(lambda n: st.lists(st.lists(numbers, min_size=n, max_size=n), min_size=1, max_size=16)),
    st.integers(20, 120),
)
def test_a_map_of_anything_fits_and_has_a_sign_for_every_number(rows: list[list[float]], width: int) -> None:
    lines = shown(with_difference(*map(tuple, rows)), width=width)
    body = [
        line
        for line in lines
        if any(shade in line for shade in SHADES) and "up to" not in line and "not f" not in line and "less" not in line
    ]
    if len(rows) * len(rows[0]) > 1:
        assert len(body) == len(rows)
        assert all(cell_len(line) <= width for line in body)
        assert all(line == line.rstrip() or line[-2] in SHADES for line in body)

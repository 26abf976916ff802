"""Curves, pictures, line breaks, lessons: what is drawn, cell by cell."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
import textual.content
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.content import Content

from tutor.app import wrapping
from tutor.app.curves import first_not_finite, plot
from tutor.app.pictures import TALLEST, half_blocks
from tutor.app.reading import join_wrapped
from tutor.app.wrapping import NEVER_FIRST, NEVER_LAST, divide_line


def lines(text: str, width: int) -> list[str]:
    cuts = [0, *divide_line(text, width), len(text)]
    return [text[a:b] for a, b in pairwise(cuts)]


class TestCurves:
    def test_a_falling_line_goes_from_corner_to_corner(self) -> None:
        top, *_between, bottom = plot([4, 3, 2, 1, 0], 10, 4)
        assert top[0] != " "
        assert top[-1] == " "
        assert bottom[0] == " "
        assert bottom[-1] != " "

    def test_a_level_line_lies_in_the_middle(self) -> None:
        top, middle, bottom = plot([5.0] * 9, 6, 3)
        assert top.strip() == bottom.strip() == ""
        assert " " not in middle

    def test_what_is_not_finite_leaves_a_gap(self) -> None:
        (line,) = plot([1.0, 1.0, math.nan, math.inf, 1.0, 1.0], 12, 1)
        assert line[0] != " "
        assert line[-1] != " "
        assert " " in line
        assert first_not_finite([1.0, 2.0, math.nan]) == 3
        assert first_not_finite([1.0]) is None

    def test_a_spike_survives_thinning(self) -> None:
        values = [0.0] * 10_000
        values[5_432] = 1.0
        assert plot(values, 20, 3)[0].strip()

    @pytest.mark.parametrize("values", [[0.0, 5e-324], [-1.7e308, 1.7e308], [5e-324, 1.7e308], [-5e-324, 5e-324]])
    def test_the_smallest_and_the_widest_span_go_from_corner_to_corner(self, values: list[float]) -> None:
        top, bottom = plot(values, 4, 2)
        assert bottom[0] != " "
        assert top[-1] != " "

    @given(st.lists(st.floats(-1e-323, 1e-323), max_size=30), st.integers(1, 40), st.integers(1, 8))
    def test_subnormal_numbers_fill_the_room_too(self, values: list[float], width: int, height: int) -> None:
        assert [len(line) for line in plot(values, width, height)] == [width] * height

    @given(st.lists(st.floats(), max_size=300), st.integers(1, 40), st.integers(1, 8))
    def test_any_numbers_fill_exactly_the_room(self, values: list[float], width: int, height: int) -> None:
        drawn = plot(values, width, height)
        assert [len(line) for line in drawn] == [width] * height


class TestPictures:
    def test_two_rows_share_a_line(self) -> None:
        assert half_blocks([[0.0, 1.0], [1.0, 0.5]], 80) == [[(0, 255), (255, 128)]]

    def test_an_odd_last_row_stands_over_black(self) -> None:
        assert half_blocks([[1.0], [1.0], [1.0]], 80) == [[(255, 255)], [(255, 0)]]

    def test_a_wide_picture_is_made_smaller(self) -> None:
        (line,) = half_blocks([[1.0, 0.0] * 20] * 4, 20)
        assert line == [(128, 128)] * 20

    def test_a_high_picture_is_made_smaller(self) -> None:
        assert half_blocks([[1.0]] * 300_000, 80) == [[(255, 255)]] * TALLEST
        assert len(half_blocks([[1.0]] * 2 * TALLEST, 80)) == TALLEST

    def test_values_out_of_range_are_cut_and_nan_is_black(self) -> None:
        assert half_blocks([[7.0, -1.0, math.nan]] * 2, 80) == [[(255, 255), (0, 0), (0, 0)]]

    @pytest.mark.parametrize("rows", [[], [[]]])
    def test_nothing_is_nothing(self, rows: list[list[float]]) -> None:
        assert half_blocks(rows, 10) == []


class TestWrapping:
    def test_japanese_fills_its_lines(self) -> None:
        text = "PyTorch の損失は、ほかの層と同じ nn.Module です。"
        assert lines(text, 20) == ["PyTorch の損失は、ほ", "かの層と同じ ", "nn.Module です。"]

    def test_no_line_begins_or_ends_where_it_must_not(self) -> None:
        text = "損失関数は、「予測がどれだけ外れているか」を、（微分できる）数で表すものです。"
        for width in range(8, 40):
            for line in lines(text, width):
                assert line[0] not in NEVER_FIRST
                assert line[-1] not in NEVER_LAST

    def test_identifiers_stay_whole(self) -> None:
        text = "返り値は`running_mean.detach_copy`です"
        for width in range(28, 40):
            assert any("running_mean.detach_copy" in line for line in lines(text, width))

    def test_a_number_stays_with_what_it_counts(self) -> None:
        assert lines("微分できる 1 つの数", 12) == ["微分できる ", "1 つの数"]

    def test_english_is_broken_as_before(self) -> None:
        assert lines("one two three", 8) == ["one two ", "three"]

    @given(st.text(alphabet="あい、。「」ab 1(){}ー\u3000", max_size=60), st.integers(4, 30))
    def test_nothing_is_lost_and_every_line_fits(self, text: str, width: int) -> None:
        broken = lines(text, width)
        assert "".join(broken) == text
        kept = max((len(w) for w in text.split()), default=0)
        for line in broken:
            assert cell_len(line.rstrip()) <= width or kept > width // 2

    def test_textual_asks_here(self) -> None:
        """The function that is replaced is the one that textual uses: an upgrade that changes this is noticed."""
        before = textual.content.divide_line  # type: ignore[attr-defined]
        try:
            wrapping.install()
            text = "PyTorch の損失は、ほかの層と同じ"
            assert [line.plain.rstrip() for line in Content(text).wrap(14)] == [
                "PyTorch の損失",
                "は、ほかの層と",
                "同じ",
            ]
        finally:
            textual.content.divide_line = before  # type: ignore[attr-defined]


class TestReading:
    def test_japanese_lines_are_joined_without_a_space(self) -> None:
        assert join_wrapped("標準の損失で\n足りますが、\n自分で書く") == "標準の損失で足りますが、自分で書く"

    @pytest.mark.parametrize(
        "text",
        [
            "# 見出し\n本文",
            "本文です\n\n次の段落",
            "```\nコード\nコード\n```",
            "一覧は\n- あ\n- い",
            "    数式は\n    そのまま",
            "| 表 |\n|---|\n| 値 |",
            "改行は  \nそのまま",
            "English lines\nstay as they are",
            "英語の identifier\nで終わる行",
        ],
    )
    def test_everything_else_stays(self, text: str) -> None:
        assert join_wrapped(text) == text

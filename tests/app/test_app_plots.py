"""Curves and points, cell by cell; and the words that say the same."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from tutor.app.drawing import SERIES, Row, plain
from tutor.app.facts import curve_facts, drawing_facts, first_not_finite
from tutor.app.figures import Plot, plot_name, plots
from tutor.app.plots import (
    FRAME,
    LEAST_HEIGHT,
    LEAST_WIDTH,
    STROKES,
    Series,
    class_signs,
    curves,
    is_logarithmic,
    points,
)
from tutor.grading.report import Curve, Image, Images, Matrix, Scatter
from tutor.locale import use

WIDTH, HEIGHT = 44, 8


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    use("en")
    yield
    use("en")


def body(rows: list[Row], height: int = HEIGHT) -> list[str]:
    """The lines of curve, between the two sides of the frame."""
    return [line[1:].rpartition("│")[0] for line in plain(rows)[1 : height + 1]]


def ticks(rows: list[Row], height: int = HEIGHT) -> list[str]:
    """The numbers on the right."""
    return [tick for line in plain(rows)[1 : height + 1] if (tick := line.rpartition("│")[2].strip())]


def curve(*values: float, name: str = "loss") -> list[Series]:
    return [Series(name, values)]


class TestCurves:
    def test_a_falling_line_goes_from_corner_to_corner(self) -> None:
        top, *_between, bottom = body(curves(curve(4, 3, 2, 1, 0), WIDTH, HEIGHT))
        assert (top[0] != " ", top[-1], bottom[0], bottom[-1] != " ") == (True, " ", " ", True)

    def test_a_level_line_lies_in_the_middle(self) -> None:
        lines = body(curves(curve(*[5.0] * 9), WIDTH, HEIGHT))
        (drawn,) = [number for number, line in enumerate(lines) if line.strip()]
        assert drawn in (HEIGHT // 2 - 1, HEIGHT // 2)
        assert " " not in lines[drawn]

    def test_a_single_value_is_a_dot(self) -> None:
        assert sum(sign != " " for line in body(curves(curve(2.5), WIDTH, HEIGHT)) for sign in line) == 1

    def test_what_is_not_finite_leaves_a_gap(self) -> None:
        lines = body(curves(curve(1.0, 1.0, math.nan, math.inf, 1.0, 1.0), WIDTH, HEIGHT))
        (line,) = [line for line in lines if line.strip()]
        assert line[0] != " " != line[-1]
        assert line[len(line) // 2 - 6 : len(line) // 2 + 6].strip() == ""

    @pytest.mark.parametrize("values", [(), (math.nan,), (math.inf, -math.inf)])
    def test_where_nothing_is_finite_nothing_is_drawn(self, values: tuple[float, ...]) -> None:
        assert curves(curve(*values), WIDTH, HEIGHT) == []

    @pytest.mark.parametrize(("width", "height"), [(LEAST_WIDTH - 1, HEIGHT), (WIDTH, LEAST_HEIGHT - 1), (0, 0)])
    def test_where_there_is_no_room_nothing_is_drawn(self, width: int, height: int) -> None:
        assert curves(curve(1, 2), width, height) == []

    @pytest.mark.parametrize("place", [0, 5_432, 9_999])
    def test_a_spike_survives_thinning(self, place: int) -> None:
        values = [0.0] * 10_000
        values[place] = 1.0
        assert body(curves(curve(*values), WIDTH, HEIGHT))[0].strip()

    def test_steps_are_whole_numbers(self) -> None:
        *_plot, below = plain(curves(curve(3, 2, 1), WIDTH, HEIGHT))
        assert below.split() == ["1", "2", "3", "steps"] or below.split() == ["1", "2", "steps"]

    def test_a_wide_range_gets_a_logarithmic_axis_that_says_so(self) -> None:
        values = [10 ** (-step / 20) for step in range(100)]
        rows = curves(curve(*values), WIDTH, HEIGHT)
        assert plain(rows)[-1].strip() == "logarithmic axis"
        assert [float(tick) for tick in ticks(rows)] == sorted((float(tick) for tick in ticks(rows)), reverse=True)
        assert {float(tick) for tick in ticks(rows)} <= {1.0, 0.1, 0.01, 0.001, 0.0001, 1e-5}
        lines = body(rows)
        rises = [next(y for y, line in enumerate(lines) if line[x] != " ") for x in range(0, len(lines[0]), 4)]
        steps = {b - a for a, b in pairwise(rises)}
        assert steps <= {0, 1}, "an exponential is a straight line there"

    @pytest.mark.parametrize(
        ("values", "logarithmic"),
        [
            ((1, 50), False),
            ((1, 101), True),
            ((0, 1e9), False),
            ((-1, 1e9), False),
            ((), False),
            ((math.nan, 1, 1e5), True),
        ],
    )
    def test_what_is_logarithmic(self, values: tuple[float, ...], logarithmic: bool) -> None:
        assert is_logarithmic(curve(*values)) is logarithmic

    @pytest.mark.parametrize("factor", [1e-9, 1e12])
    def test_large_and_small_numbers_have_a_unit(self, factor: float) -> None:
        rows = curves(curve(*(factor * n for n in (1, 2, 3))), WIDTH, HEIGHT)
        assert plain(rows)[-1].strip() == f"in units of 1e{round(math.log10(factor)):+03d}"
        assert {float(tick) for tick in ticks(rows)} <= {1.0, 1.5, 2.0, 2.5, 3.0}

    def test_several_curves_differ_in_their_strokes_and_have_a_legend(self) -> None:
        series = [Series(name, [float(level)] * 200) for level, name in enumerate("abcd")]
        rows = curves(series, 60, 12)
        level = [line for line in body(rows, 12) if line.strip()]
        dots = [sum(bin(ord(sign) - 0x2800).count("1") for sign in line if sign != " ") for line in reversed(level)]
        assert len(dots) == 4
        assert dots[0] > dots[3] > dots[1] > dots[2]
        legend = plain(rows)[-1]
        for stroke, name in zip(STROKES, "abcd", strict=True):
            assert f"{stroke.sample} {name}" in legend
        styles = {style for row in rows for _text, style in row if style in SERIES}
        assert styles == set(SERIES)

    def test_a_gap_is_one_in_every_stroke(self) -> None:
        broken = [1.0] * 80 + [math.nan] * 40 + [1.0] * 80
        for other in range(1, len(STROKES)):
            series = [Series("level", [3.0 + n] * 200) for n in range(other)] + [Series("broken", broken)]
            *_others, line = [line for line in body(curves(series, 60, 12), 12) if line.strip()]
            middle = len(line) // 2
            assert not line[middle - 4 : middle + 4].strip()
            assert line[: middle - 8].strip()
            assert line[middle + 8 :].strip()

    def test_a_curve_that_has_no_number_yet_is_still_named(self) -> None:
        rows = curves([Series("a", [1, 2]), Series("b", [math.nan])], WIDTH, HEIGHT)
        assert plain(rows)[-1].endswith(" b")

    def test_a_legend_that_is_too_long_is_folded_and_cut(self) -> None:
        rows = curves([Series("a" * 100, [1, 2]), Series("検証" * 40, [2, 1])], WIDTH, HEIGHT)
        assert len(rows) == HEIGHT + FRAME + 2
        assert max(cell_len(line) for line in plain(rows)) <= WIDTH

    @given(
        st.lists(st.lists(st.floats() | st.integers(-3, 3).map(float), max_size=60), min_size=1, max_size=5),
        st.integers(0, 90),
        st.integers(0, 12),
    )
    @example([[0.0, 5e-324], [-1.7e308, 1.7e308]], 40, 3)
    @example([[1e-300, 1e300]], 40, 3)
    @example([[1e16, 1e16 + 2, -1e-9]], 16, 3)
    @example([[1.0, 1.0 + 1e-15]], 16, 3)
    @example([[9e299, -9e299]], 80, 8)
    @example([[123456789.0, 123456999.0]], 17, 3)
    def test_any_numbers_fit_the_room(self, values: list[list[float]], width: int, height: int) -> None:
        rows = curves([Series(str(n), one) for n, one in enumerate(values)], width, height)
        assert all(cell_len(line) <= width for line in plain(rows))
        assert not rows or len(rows) >= height + FRAME


class TestPoints:
    def test_a_ring_is_round(self) -> None:
        ring = [(math.cos(t / 20), math.sin(t / 20)) for t in range(130)]
        lines = body(points(ring, [], [], 60, 12), 12)
        columns = [x for line in lines for x, sign in enumerate(line) if sign != " "]
        rows = [y for y, line in enumerate(lines) if line.strip()]
        across, upwards = max(columns) - min(columns) + 1, max(rows) - min(rows) + 1
        assert upwards == 12
        assert across == pytest.approx(2 * upwards, abs=1)

    def test_classes_have_signs_of_their_own(self) -> None:
        spots = [(float(x), float(y)) for x in range(3) for y in range(2)]
        rows = points(spots, [0, 1, 0, 1, 0, 1], ["cat", "dog"], 40, 5)
        lines = body(rows, 5)
        assert lines[0].count("d") == lines[-1].count("c") == 3
        assert plain(rows)[-1] == " c cat   d dog"

    @pytest.mark.parametrize(
        ("names", "signs"),
        [
            (["0", "1", "2"], "012"),
            (["cat", "dog"], "cd"),
            (["mode 0", "mode 1"], "ab"),
            (["犬", "猫"], "ab"),
            (["", "x"], "ab"),
            ([str(n) for n in range(16)], "abcdefghijklmnop"),
        ],
    )
    def test_signs(self, names: list[str], signs: str) -> None:
        assert class_signs(names) == list(signs)

    def test_what_is_not_finite_is_left_out(self) -> None:
        lines = body(points([(0.0, 0.0), (math.nan, 1.0), (1.0, math.inf), (1.0, 1.0)], [], [], 40, 5), 5)
        assert sum(sign != " " for line in lines for sign in line) == 2
        assert points([(math.nan, 1.0)], [], [], 40, 5) == []

    def test_a_class_of_which_nothing_is_left_does_no_harm(self) -> None:
        rows = points([(0.0, 0.0), (math.nan, 1.0), (1.0, 2.0)], [0, 1, 0], ["a", "b"], 40, 5)
        assert plain(rows)[-1] == " a a   b b"

    @given(
        st.lists(st.tuples(st.floats(), st.floats()), max_size=20),
        st.integers(0, 90),
        st.integers(0, 20),
        st.integers(1, 4),
        st.randoms(use_true_random=False),
    )
    @example([(0.0, 5e-324), (1e299, -1e299)], 40, 5, 2, random.Random(0))
    @example([(1e16, 0.0), (1e16 + 2, 1e-9)], 16, 3, 1, random.Random(0))
    @example([(0.0, 0.0)], 16, 3, 2, random.Random(0))
    def test_any_points_fit_the_room(
        self, spots: list[tuple[float, float]], width: int, height: int, classes: int, chance: random.Random
    ) -> None:
        names = [f"class {n}" for n in range(classes)]
        rows = points(spots, [chance.randrange(classes) for _spot in spots], names, width, height)
        assert all(cell_len(line) <= width for line in plain(rows))


class TestWhatBelongsTogether:
    def test_up_to_a_slash_and_to_the_rank(self) -> None:
        assert [plot_name(n) for n in ("loss/train", "loss", "loss [rank 1]", "loss/train [rank 1]")] == ["loss"] * 4

    def test_curves_of_one_requirement_share_a_plot(self) -> None:
        train, valid = Curve("loss/train", (1.0,), "a"), Curve("loss/valid", (1.0,), "a")
        norm, other = Curve("norm", (1.0,), "a"), Curve("loss/train", (2.0,), "b")
        found = plots([train, norm, valid, other])
        assert found == [Plot("loss", (train, valid)), Plot("norm", (norm,)), Plot("loss", (other,))]

    def test_more_than_can_be_told_apart_are_several_plots(self) -> None:
        many = [Curve(f"part/{n}", (1.0,), "a") for n in range(6)]
        assert [len(plot.curves) for plot in plots(many)] == [4, 2]

    def test_the_run_before_is_beside_a_curve_that_has_changed(self) -> None:
        now, then = Curve("loss", (1.0, 0.5), "a"), Curve("loss", (1.0, 0.9), "a")
        assert plots([now], [then]) == [Plot("loss", (now,), then)]
        assert plots([now], [now]) == [Plot("loss", (now,))]
        assert plots([now], [Curve("loss", (1.0,), "b")]) == [Plot("loss", (now,))]


class TestFacts:
    @pytest.mark.parametrize(
        ("values", "words"),
        [
            ((2.0, 0.5, 0.75), "loss: 3 steps, from 2 to 0.75, lowest 0.5 at step 2"),
            ((0.1, 0.9, 0.85), "loss: 3 steps, from 0.1 to 0.85, highest 0.9 at step 2"),
            ((2.0,), "loss: 1 step, 2"),
            ((2.0, math.nan, 1.0), "loss: 3 steps, from 2 to 1, lowest 1 at step 3; first NaN at step 2"),
            ((1e-7, math.inf), "loss: 2 steps, 1e-07; first infinite at step 2"),
            ((math.nan, math.nan), "loss: 2 steps, and no value is finite"),
            ((), "loss: 0 steps, and no value is finite"),
        ],
    )
    def test_curves(self, values: tuple[float, ...], words: str) -> None:
        assert curve_facts(Curve("loss", values)) == words

    def test_the_first_step_that_is_not_finite(self) -> None:
        assert first_not_finite([1.0, 2.0, math.nan]) == 3
        assert first_not_finite([1.0]) is None

    def test_pictures(self) -> None:
        image = Image(8, 9, bytes(72))
        assert drawing_facts(Images("digit", (image,), -1.0, 2.5)) == (
            "digit: a picture of 8 by 9 pixels, from -1 (black) to 2.5 (white)"
        )
        many = (Image(8, 9, bytes(72), "7", True), Image(8, 9, bytes(72), "1 → 2", False), image)
        assert drawing_facts(Images("digits", many)) == (
            "digits: 3 pictures of 8 by 9 pixels, from 0 (black) to 1 (white); ✓ 1 of 2 right (✗ 1 → 2)"
        )

    def test_a_matrix(self) -> None:
        matrix = Matrix("attention", ((0.25, 0.75), (math.nan, 0.5)), ("a", "b"), ("c", "d"), ("query", ""))
        assert drawing_facts(matrix) == (
            "attention: 2 by 2 values; largest 0.75 at query a, column d; smallest 0.25 at query a, column c; "
            "1 value is not finite"
        )

    def test_a_confusion_matrix(self) -> None:
        values = ((8.0, 2.0), (0.0, 10.0))
        axes = ("true class", "predicted class")
        assert drawing_facts(Matrix("digits", values, ("cat", "dog"), ("cat", "dog"), axes)) == (
            "digits: 2 by 2 values; 18 of 20 right (90.0 %); most often cat was taken for dog: 2"
        )
        assert drawing_facts(Matrix("digits", ((3.0,),), axes=axes)).endswith("3 of 3 right (100.0 %)")

    def test_points(self) -> None:
        spots = ((0.0, 1.0), (2.0, -1.0), (math.nan, 0.0))
        assert drawing_facts(Scatter("ring", spots, (0, 1, 1), ("a", "b"))) == (
            "ring: 3 points in 2 classes, across from 0 to 2, upwards from -1 to 1; 1 point is not finite"
        )
        assert drawing_facts(Scatter("ring", ((math.nan, 0.0),))) == "ring: 1 point, and no value is finite"

    @given(st.lists(st.floats(), max_size=6))
    def test_any_numbers_can_be_told(self, values: list[float]) -> None:
        assert curve_facts(Curve("loss", tuple(values)))
        if values:
            axes = ("true class", "predicted class")
            assert drawing_facts(Matrix("m", (tuple(values),), axes=axes))
            assert drawing_facts(Scatter("s", tuple((v, v) for v in values)))

"""Curves and points as text, drawn by uniplot: axes with ticks, several series told apart by their strokes.

Imports numpy, so nothing that is painted first imports this; a plot takes milliseconds, so it is drawn in a thread.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import uniplot
from rich.cells import cell_len, set_cell_size

from tutor.app.drawing import SERIES, Row, Span, merged
from tutor.locale import _

DECADES = 2
"""A curve that spans more than that gets a logarithmic axis."""
FRONT = 2 / 3
"""The part of the height that the curves have that a plot is made for, whatever stands behind them."""
LEAST_WIDTH, LEAST_HEIGHT = 16, 3
"""Cells and lines, axes included, below which nothing is drawn."""
FRAME = 3
"""Lines that a plot has beside its points: its frame, and the ticks below."""

_Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
_CODE = re.compile(r"\x1b\[([\d;]+)m")
_NUMBER = re.compile(r"-?[\d,]+(\.\d+)?")
_LARGEST, _SMALLEST = 1e300, 1e-300
"""Beyond the one a span would overflow: taken for infinite. Below the other one divides by nothing: taken for zero."""


@dataclass(frozen=True, slots=True)
class Series:
    """One curve of a plot: values at the steps 1, 2, 3, …"""

    name: str
    values: Sequence[float]
    behind: bool = False
    """Whether it is there to compare with: the axes are made for the others, and what is far off them is left out."""


@dataclass(frozen=True, slots=True)
class _Stroke:
    """Which dots of every ``period`` of a curve are drawn."""

    period: int
    drawn: int
    sample: str


STROKES = (_Stroke(1, 1, "⠒⠒⠒⠒"), _Stroke(8, 4, "⠒⠒ ⠒⠒"), _Stroke(4, 1, "⠂⠂⠂⠂"), _Stroke(14, 10, "⠒⠒⠒⠂⠐⠒"))


def is_logarithmic(series: Sequence[Series]) -> bool:
    """Whether the values span so much that only a logarithmic axis shows all of it; they are positive then."""
    finite = [v for one in series if not one.behind for v in one.values if abs(v) < _LARGEST]
    return bool(finite) and min(finite) > _SMALLEST and math.log10(max(finite)) - math.log10(min(finite)) > DECADES


def curves(series: Sequence[Series], width: int, height: int) -> list[Row]:
    """``series`` in one plot with axes, at most ``width`` cells wide, with ``height`` lines of curve.

    What is not finite leaves a gap. Below the plot stands what its axes mean, and a legend if there are several curves.
    A series that lies behind is left out where nothing of it would be seen.
    Nothing comes of too little room, or where no value is finite.
    """
    longest = max((len(one.values) for one in series if not one.behind), default=0)
    arrays: list[_Array] = [
        np.array(one.values[:longest] if one.behind else one.values, dtype=np.float64) for one in series
    ]
    for array in arrays:
        array[~(np.abs(array) < _LARGEST)] = np.nan
        array[np.abs(array) < _SMALLEST] = 0.0
    front = [array for array, one in zip(arrays, series, strict=True) if not one.behind]
    every = np.concatenate(front) if front else np.empty(0)
    finite = every[np.isfinite(every)]
    if not len(finite) or width < LEAST_WIDTH or height < LEAST_HEIGHT:
        return []
    logarithmic = is_logarithmic(series)
    exponent = 0
    if logarithmic:
        # What lies behind may hold values that such an axis has no place for.
        arrays = [np.log10(np.where(array > _SMALLEST, array, np.nan)) for array in arrays]
    else:
        exponent = _exponent(finite)
        arrays = [array / 10.0**exponent for array in arrays]
    arrays = _within_reach(arrays, [one.behind for one in series])
    seen = [number for number, array in enumerate(arrays) if not series[number].behind or np.isfinite(array).any()]
    series, arrays = [series[number] for number in seen], [arrays[number] for number in seen]
    # The number on a tick may be longer than its logarithm, for which uniplot leaves room.
    width -= 4 if logarithmic else 0
    dots = 2 * width
    strokes = [STROKES[number % len(STROKES)] for number in range(len(series))]
    drawn = [_stroked(array, longest, dots, stroke) for array, stroke in zip(arrays, strokes, strict=True)]
    low, high = _limits(np.concatenate([ys for _xs, ys in drawn]))
    rows = _plot(
        [xs for xs, _ys in drawn],
        [ys for _xs, ys in drawn],
        (1.0, float(max(longest, 2))),
        (low, high),
        width,
        height,
        lines=[stroke.drawn > 1 or stroke.period == 1 for stroke in strokes],
        logarithmic=logarithmic,
    )
    rows[-1] = _step_ticks(rows[-1], width)
    if logarithmic:
        rows.append(_note(_("logarithmic axis"), width))
    elif exponent:
        rows.append(_note(_("in units of {unit}").format(unit=f"1e{exponent:+03d}"), width))
    if len(series) > 1:
        rows += _legend([(stroke.sample, one.name) for stroke, one in zip(strokes, series, strict=True)], width)
    return rows


def points(
    spots: Sequence[tuple[float, float]], classes: Sequence[int], names: Sequence[str], width: int, height: int
) -> list[Row]:
    """Points in a plane, both axes on the same scale; each class has a sign of its own.

    Args:
        spots: their places; those that are not finite are left out.
        classes: the class of each, or nothing.
        names: the name of each class.
        width: cells at most.
        height: lines of points at most.
    """
    places = np.asarray(spots, dtype=np.float64).reshape(-1, 2)
    whole = (np.abs(places) < _LARGEST).all(axis=1)
    places = np.where(np.abs(places[whole]) < _SMALLEST, 0.0, places[whole])
    if not len(places) or width < LEAST_WIDTH or height < LEAST_HEIGHT:
        return []
    exponent = _exponent(places.reshape(-1))
    places = places / 10.0**exponent
    (x_low, x_high), (y_low, y_high) = _limits(places[:, 0]), _limits(places[:, 1])
    # A cell is about twice as high as it is wide. The ticks on the right take up to eight cells.
    room = max(8, width - 11)
    unit = max((x_high - x_low) / room, (y_high - y_low) / (2 * height))
    across = min(room, max(8, math.ceil((x_high - x_low) / unit)))
    upwards = min(height, max(LEAST_HEIGHT, math.ceil((y_high - y_low) / (2 * unit))))
    x_middle, y_middle = (x_low + x_high) / 2, (y_low + y_high) / 2
    kinds = np.asarray(classes, dtype=np.int64)[whole] if len(classes) else np.zeros(len(places), np.int64)
    present = list(range(len(names))) if names else [0]
    groups = [places[kinds == kind] for kind in present]
    signs = class_signs(names)
    rows = _plot(
        [group[:, 0] for group in groups],
        [group[:, 1] for group in groups],
        (x_middle - unit * across / 2, x_middle + unit * across / 2),
        (y_middle - unit * upwards, y_middle + unit * upwards),
        across + 3 + 8,
        upwards,
        lines=[False] * len(groups),
        signs=signs if len(names) > 1 else None,
        plot_width=across,
    )
    if exponent:
        rows.append(_note(_("in units of {unit}").format(unit=f"1e{exponent:+03d}"), width))
    if len(names) > 1:
        rows += _legend(list(zip(signs, names, strict=True)), width)
    return rows


def class_signs(names: Sequence[str]) -> list[str]:
    """One ASCII sign for each class: the beginning of its name where that tells all of them apart, else letters."""
    first = [name.strip()[:1] for name in names]
    if len(set(first)) == len(first) and all(sign.isascii() and sign.isalnum() for sign in first):
        return first
    return list("abcdefghijklmnop"[: len(names)])


def _stroked(values: _Array, longest: int, dots: int, stroke: _Stroke) -> tuple[_Array, _Array]:
    """Steps and values that are to be joined by a line; NaN where there is none."""
    steps: _Array = np.arange(1, len(values) + 1, dtype=np.float64)
    if len(values) > 2 * dots:
        steps, values = _thinned(values, dots)
    if stroke.period == 1 or len(values) < 2:
        return steps, values
    across = max(1.0, longest - 1.0)
    grid = np.linspace(1.0, float(steps[-1]), max(2, math.ceil(dots * (float(steps[-1]) - 1) / across)))
    odd = ~np.isfinite(values)
    ys = np.interp(grid, steps, np.where(odd, 0.0, values))
    ys[np.interp(grid, steps, odd.astype(np.float64)) > 0] = np.nan
    ys[np.arange(len(grid)) % stroke.period >= stroke.drawn] = np.nan
    return grid, ys


def _thinned(values: _Array, dots: int) -> tuple[_Array, _Array]:
    """Of each stretch the extremes, which a spike is; a stretch with something that is not finite is a gap."""
    size = math.ceil(len(values) / dots)
    stretches = [values[start : start + size] for start in range(0, len(values), size)]
    steps: list[float] = []
    kept: list[float] = []
    for number, stretch in enumerate(stretches):
        odd = not np.isfinite(stretch).all()
        low, high = (math.nan, math.nan) if odd else (float(stretch.min()), float(stretch.max()))
        steps += [number * size + 1.0, number * size + 1.0 + size / 2]
        kept += [low, high] if stretch[0] <= stretch[-1] else [high, low]
    return np.asarray(steps), np.asarray(kept)


def _within_reach(arrays: list[_Array], behind: Sequence[bool]) -> list[_Array]:
    """``arrays`` without what would leave those in front less than ``FRONT`` of the height of the plot."""
    front = np.concatenate([array for array, is_behind in zip(arrays, behind, strict=True) if not is_behind])
    low, high = _limits(front)
    room = (high - low) * (1 / FRONT - 1) / 2
    far = [(array < low - room) | (array > high + room) for array in arrays]
    return [
        np.where(out, np.nan, array) if is_behind else array
        for array, out, is_behind in zip(arrays, far, behind, strict=True)
    ]


def _exponent(finite: _Array) -> int:
    """The power of ten in whose units the numbers on an axis are short."""
    largest = float(np.abs(finite).max())
    return math.floor(math.log10(largest)) if largest and not 1e-3 <= largest < 1e5 else 0


def _limits(values: _Array) -> tuple[float, float]:
    """From where to where an axis goes. Values that hardly differ at all lie in its middle."""
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
    span = high - low
    if span <= 1e-9 * max(abs(low), abs(high), 1e-12):
        span = max(abs(high), 1.0)
        return low - span / 2, high + span / 2
    return low - span / 50, high + span / 50


def _plot(
    xs: Sequence[_Array],
    ys: Sequence[_Array],
    across: tuple[float, float],
    upwards: tuple[float, float],
    width: int,
    height: int,
    *,
    lines: list[bool],
    logarithmic: bool = False,
    signs: list[str] | None = None,
    plot_width: int | None = None,
) -> list[Row]:
    several = len(ys) > 1
    # uniplot looks for the extremes of every series that has a point.
    shown = [(x.tolist(), y.tolist()) if np.isfinite(y).any() else ([], []) for x, y in zip(xs, ys, strict=True)]
    text = uniplot.plot_to_string(
        xs=[x for x, _y in shown],
        ys=[y for _x, y in shown],
        x_min=across[0],
        x_max=across[1],
        y_min=upwards[0],
        y_max=upwards[1],
        width=plot_width or width,
        height=height,
        line_length_hard_cap=width,
        lines=lines,
        # Numbers, by which the cells of a series are found again.
        color=[(number, 0, 0) for number in range(len(ys))] if several else False,
        character_set="ascii" if signs else "braille",
        force_ascii_characters=signs or [],
        rounded_corners=True,
        x_gridlines=[],
        y_gridlines=[],
    )
    *above, below = text.split("\n")
    return [*(_row(line, logarithmic=logarithmic) for line in above), ((below[:width].rstrip(), "dim"),)]


def _row(line: str, *, logarithmic: bool) -> Row:
    """A line of uniplot's with our styles instead of its colours."""
    if not line.startswith("│"):
        return ((line, "dim"),)
    body, _bar, tick = line[1:].rpartition("│")
    if logarithmic and tick.strip():
        tick = " " + _NUMBER.sub(lambda found: f"{10 ** float(found[0].replace(',', '')):.2g}", tick.strip())
    spans: list[Span] = [("│", "dim")]
    style = SERIES[0]
    for number, part in enumerate(_CODE.split(body)):
        if number % 2:
            style = SERIES[0] if part == "0" else SERIES[int(part.split(";")[2]) % len(SERIES)]
        elif part:
            spans.append((part, style if part.strip() else ""))
    return merged([*spans, ("│", "dim"), (tick, "dim")])


def _note(text: str, width: int) -> Row:
    return ((" " + set_cell_size(text, min(cell_len(text), width - 1)), "dim"),)


def _step_ticks(row: Row, width: int) -> Row:
    """The ticks below a curve: steps are whole numbers."""
    text = "".join(part for part, _style in row)

    def whole(found: re.Match[str]) -> str:
        number, _dot, rest = found[0].partition(".")
        return (number if not rest.strip("0") else "").ljust(len(found[0]))

    text = _NUMBER.sub(whole, text).rstrip()
    name = _("steps")
    if len(text) + 2 + cell_len(name) <= width:
        text += "  " + name
    return ((text, "dim"),)


def _legend(entries: Sequence[tuple[str, str]], width: int) -> Iterator[Row]:
    spans: list[Span] = []
    used = 0
    for number, (sample, name) in enumerate(entries):
        shown = set_cell_size(name, min(cell_len(name), max(1, width - len(sample) - 2)))
        needed = len(sample) + 1 + cell_len(shown)
        if used and used + 3 + needed > width:
            yield merged(spans)
            spans, used = [], 0
        spans += [("   " if used else " ", ""), (sample, SERIES[number % len(SERIES)]), (f" {shown}", "")]
        used += needed + (3 if used else 1)
    yield merged(spans)

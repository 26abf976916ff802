"""A matrix as a heat map with labels, and with its numbers where they fit. Knows nothing of the screen; imports numpy.

A value is a ground of some colour with its number on it, or, where there are no colours to speak of, a shade before its
number. So nothing is said by a colour alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from rich.cells import cell_len, set_cell_size

from tutor.app.drawing import SHADES, Colours, Row, Span, folded, ink, merged
from tutor.app.facts import axis
from tutor.grading.report import Matrix
from tutor.locale import _

WIDEST_LABEL = 14
"""Cells of a row's label."""
NO_NUMBER = "×"
"""A value that is not finite."""

Values = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Colour = tuple[float, float, float]

# Dark to bright, the same order for every kind of colour vision (viridis, S. van der Walt and N. Smith, CC0).
_RISING: tuple[Colour, ...] = ((68, 1, 84), (59, 82, 139), (33, 145, 140), (94, 201, 98), (253, 231, 37))
# Below zero, zero, above.
_DIVERGING: tuple[Colour, ...] = ((33, 102, 172), (146, 197, 222), (247, 247, 247), (244, 165, 130), (178, 24, 43))


@dataclass(frozen=True, slots=True)
class _Scale:
    """Which value has which colour."""

    low: float
    high: float
    colours: tuple[Colour, ...]

    def part(self, value: float) -> float:
        """From 0 at ``low`` to 1 at ``high``."""
        span = self.high / 2 - self.low / 2  # halves: the whole may be infinite
        return min(1.0, max(0.0, (value / 2 - self.low / 2) / span)) if span > 0 else 0.5

    def ground(self, value: float) -> Colour:
        place = self.part(value) * (len(self.colours) - 1)
        left = min(int(place), len(self.colours) - 2)
        share = place - left
        a, b = self.colours[left], self.colours[left + 1]
        return tuple(x + (y - x) * share for x, y in zip(a, b, strict=True))  # type: ignore[return-value]

    def shade(self, value: float) -> str:
        part = abs(value) / max(abs(self.low), abs(self.high), 1e-300) if self.low < 0 < self.high else self.part(value)
        return SHADES[min(len(SHADES) - 1, math.ceil(part * (len(SHADES) - 1) - 0.02))]


def heat_map(matrix: Matrix, width: int, colours: Colours) -> list[Row]:
    """``matrix`` in at most ``width`` cells: axes, columns, rows, and what the colours mean."""
    values = np.array(matrix.values, dtype=np.float64)
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 0.0)
    if low < 0 < high:
        most = max(-low, high)
        scale = _Scale(-most, most, _DIVERGING)
    else:
        scale = _Scale(low, high, _RISING)
    rows = list(matrix.rows) or [str(i) for i in range(len(values))]
    columns = list(matrix.columns) or [str(i) for i in range(values.shape[1])]
    margin = min(max(map(cell_len, rows)), WIDEST_LABEL, max(3, width // 4)) + 1
    room = width - margin
    texts = number_texts(values)
    widest = max(len(text) for line in texts for text in line)
    bare = colours != "many"
    numbered = widest + 2 + bare
    lines: list[Row] = [((line, "dim"),) for text in _axes(matrix.axes) for line in folded(text, width)]
    factor = 1
    if numbered * values.shape[1] <= room:
        cell = max(numbered, min(max(map(cell_len, columns)) + 1, room // values.shape[1], numbered + 6))
    else:
        texts = [["" for _text in line] for line in texts]
        cell = min(3, room // values.shape[1])
        if cell < 1:
            factor, cell = math.ceil(values.shape[1] / room), 1
            values, rows, columns = _coarser(values, rows, columns, factor)
            texts = [["" for _column in columns] for _row in rows]
    named = not matrix.columns or all(cell_len(label) < max(cell, 2) for label in columns)
    heads = columns if named else [str(i) for i in range(len(columns))]
    lines.append(((" " * margin + _heads(heads, cell, right=bool(texts[0][0]) and not bare).rstrip(), "dim"),))
    for label, line, words in zip(rows, values.tolist(), texts, strict=True):
        spans: list[Span] = [(_fitted(label, margin - 1) + " ", "dim")]
        for value, text in zip(line, words, strict=True):
            spans.append(_cell(value, text, cell, scale, bare=bare))
        lines.append(merged(spans))
    if not named:
        listed = [f"{i} {label}" for i, label in enumerate(columns)]
        lines += [((line, "dim"),) for line in _folded(_("columns:"), listed, width)]
    lines += _legend(scale, width, bare=bare)
    if len(finite) < np.size(np.array(matrix.values)):
        lines.append(((_("{sign} not finite").format(sign=NO_NUMBER), "dim"),))
    if factor > 1:
        text = _("each cell is the mean of {factor} by {factor} values: there is no room for all")
        lines += [((line, "dim"),) for line in folded(text.format(factor=factor), width)]
    return lines


def number_texts(values: Values) -> list[list[str]]:
    """Each value in as few signs as show a pattern: whole numbers whole, others with two digits."""
    finite = values[np.isfinite(values)]
    whole = bool((finite == finite.round()).all()) and (not len(finite) or float(np.abs(finite).max()) < 1e6)
    largest = float(np.abs(finite).max()) if len(finite) else 0.0
    fixed = 1e-2 <= largest < 100

    def text(value: float) -> str:
        if not math.isfinite(value):
            return NO_NUMBER
        if whole:
            return str(int(value))
        if value == 0:
            return "0"
        return f"{value:.2f}" if fixed and largest < 10 else f"{value:.1f}" if fixed else f"{value:.2g}"

    return [[text(value) for value in line] for line in values.tolist()]


def _axes(axes: tuple[str, str]) -> Iterator[str]:
    down, across = axes
    parts = []
    if down:
        parts.append(_("rows: {axis}").format(axis=axis(down)))
    if across:
        parts.append(_("columns: {axis}").format(axis=axis(across)))
    if parts:
        yield " · ".join(parts)


def _heads(labels: Sequence[str], cell: int, *, right: bool) -> str:
    """Labels above their columns; of many narrow columns those for which there is room."""
    text = ""
    long = cell == 1 and any(cell_len(label) > 1 for label in labels)
    for number, label in enumerate(labels):
        at = number * cell + (max(0, cell - 1 - cell_len(label)) if right else 0)
        fits = cell_len(text) <= at and at + cell_len(label) <= len(labels) * cell
        if fits and (cell_len(label) < cell or not long or number % 5 == 0):
            text += " " * (at - cell_len(text)) + label + (" " if cell_len(label) > 1 else "")
    return text


def _folded(begin: str, parts: Sequence[str], width: int) -> Iterator[str]:
    """``parts`` after ``begin``, in lines of at most ``width`` cells; a part longer than that is cut."""
    line = begin
    for part in parts:
        if line != "" and cell_len(line) + 2 + cell_len(part) > width:
            yield line
            line = ""
        line = f"{line}  {part}" if line else part
        line = set_cell_size(line, min(cell_len(line), width))
    yield line


def _cell(value: float, text: str, cell: int, scale: _Scale, *, bare: bool) -> Span:
    if not math.isfinite(value):
        return (NO_NUMBER.rjust(cell - 1) + " " if cell > 1 else NO_NUMBER, "bold")
    if bare:
        shade = scale.shade(value)
        sign = "-" if not text and value < 0 and scale.low < 0 < scale.high and cell > 1 else ""
        return (f"{shade}{text}".ljust(cell) if text else (sign + shade * (cell - len(sign))), "")
    ground = scale.ground(value)
    bright = 0.299 * ground[0] + 0.587 * ground[1] + 0.114 * ground[2] > 140
    number = ink(0, 0, 0) if bright else ink(255, 255, 255)
    return (text.rjust(cell - 1) + " " if cell > 1 else " ", f"{number} on {ink(*ground)}")


def _legend(scale: _Scale, width: int, *, bare: bool) -> list[Row]:
    low, high = f"{scale.low:.3g} ", f" {scale.high:.3g}"
    if scale.low == scale.high:
        return [((_("all values: {value}").format(value=low.strip()), "dim"),)]
    if bare:
        if scale.low < 0 < scale.high:
            low = "0 "
        if cell_len(low + SHADES + high) > width:
            return [((line, ""),) for line in folded(low + SHADES + high, width)]
        return [((low, "dim"), (SHADES, ""), (high, "dim"))]
    most = max(1, min(12, width - len(low) - len(high)) - 1)
    steps = [scale.low + (scale.high / 2 - scale.low / 2) * 2 * (i / most) for i in range(most + 1)]
    return [merged([(low, "dim"), *((" ", f"on {ink(*scale.ground(v))}") for v in steps), (high, "dim")])]


def _coarser(values: Values, rows: list[str], columns: list[str], factor: int) -> tuple[Values, list[str], list[str]]:
    """Means of blocks of ``factor`` by ``factor``; what is not finite makes its block so."""
    height, width = (math.ceil(n / factor) for n in values.shape)
    small = np.empty((height, width))
    for y in range(height):
        for x in range(width):
            block = values[y * factor : (y + 1) * factor, x * factor : (x + 1) * factor]
            with np.errstate(over="ignore", invalid="ignore"):  # infinities, or sums of the largest numbers
                small[y, x] = block.mean()
    return small, rows[::factor], columns[::factor]


def _fitted(text: str, room: int) -> str:
    if cell_len(text) <= room:
        return " " * (room - cell_len(text)) + text
    return set_cell_size(text, room - 1) + "…"

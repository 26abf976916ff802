"""A Comparison -> lines to show: what was expected, what came, and where the two differ. Knows no screen.

A line is a tuple of spans, each a text and the name of its look; command line and app give the looks their colours.
Nothing is said by a colour alone: the shades of a heat map are characters.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Literal

from rich.cells import cell_len

from tutor.grading.report import Comparison, Facts
from tutor.locale import _

Look = Literal["", "bold", "dim", "differs", "heat0", "heat1", "heat2", "heat3", "heat4", "heat5"]
Span = tuple[str, Look]
Line = tuple[Span, ...]

SHADES = "·░▒▓█×"
"""From next to nothing to the largest difference; the last is for what is not finite."""
NEXT_TO_NOTHING = 1e-3
"""Share of the largest difference below which a difference is not shaded."""
MOST_NUMBERS = 24
"""Differences of a tensor that are also written as numbers."""
_HEAT: tuple[Look, ...] = ("heat0", "heat1", "heat2", "heat3", "heat4", "heat5")


def compared(comparison: Comparison, message: str, width: int) -> list[Line]:
    """What is worth showing of ``comparison`` below ``message``. Tables and maps fit ``width`` cells."""
    lines: list[Line] = []
    said = comparison.expected in message and comparison.came in message
    if not said and comparison.expected != comparison.came:
        lines += _pair(comparison.expected, comparison.came)
    if not said or comparison.expected_facts != comparison.came_facts:
        lines += _facts(comparison.expected_facts, comparison.came_facts, width)
    if comparison.largest_difference is not None:
        where = _("{difference} at {index}") if comparison.at else "{difference}"
        text = where.format(difference=f"{comparison.largest_difference:.3g}", index=list(comparison.at or ()))
        lines.append(((_before(_("largest difference:")), "bold"), (text, "")))
    if sum(map(len, comparison.difference)) > 1:
        lines += _heat_map(comparison, width)
    return lines


def _before(name: str) -> str:
    """``name`` before its value: a wide colon brings its own space."""
    return name if name.endswith("：") else name + " "


def _pair(expected: str, came: str) -> Iterator[Line]:
    names = _("expected:"), _("came:")
    columns = max(map(cell_len, names))
    for name, value in zip(names, (expected, came), strict=True):
        yield (_padded(name, columns) + " ", "bold"), (value, "")


# Shape, dtype, device, finite


def _facts(expected: Facts | None, came: Facts | None, width: int) -> list[Line]:
    if expected is None or came is None:
        return []
    wanted, got = _words(expected), _words(came)
    if wanted == got:
        shape, dtype, device, finite = got
        text = _("shape {shape}, {dtype}, on {device}, finite: {finite}")
        text = text.format(shape=shape, dtype=dtype, device=device, finite=finite)
        return [((_before(_("both:")), "bold"), (text, ""))]
    head = (_("shape"), _("dtype"), _("device"), _("finite"))
    names = ("", _("expected"), _("came"))
    columns = [max(map(cell_len, column)) for column in zip(head, wanted, got, strict=True)]
    first = max(map(cell_len, names))
    if first + sum(columns) + 2 * len(columns) > width:
        return [*_stacked(names[1], head, wanted, wanted), *_stacked(names[2], head, got, wanted)]
    rows: list[Line] = [_row(names[0], first, head, columns, ("dim",) * 4), _row(names[1], first, wanted, columns)]
    return [*rows, _row(names[2], first, got, columns, _looks(got, wanted))]


def _words(facts: Facts) -> tuple[str, str, str, str]:
    if not facts.dtype:
        return str(facts.shape), "–", "–", "–"
    finite = _("yes")
    if not facts.finite:
        finite = _("no ({nan} NaN, {infinite} infinite)").format(nan=facts.nan, infinite=facts.infinite)
    return str(facts.shape), facts.dtype, facts.device, finite


def _looks(got: tuple[str, ...], wanted: tuple[str, ...]) -> tuple[Look, ...]:
    # "cuda" was asked for, "cuda:0" came: the same.
    return tuple("" if "–" in (a, b) or a.startswith(b) else "differs" for a, b in zip(got, wanted, strict=True))


def _row(
    name: str, first: int, cells: tuple[str, ...], columns: list[int], looks: tuple[Look, ...] = ("", "", "", "")
) -> Line:
    last = len(cells) - 1
    spans: list[Span] = [(_padded(name, first), "bold")]
    for number, (cell, column, look) in enumerate(zip(cells, columns, looks, strict=True)):
        spans += [("  ", ""), (cell if number == last else _padded(cell, column), look)]
    return tuple(spans)


def _stacked(name: str, head: tuple[str, ...], cells: tuple[str, ...], wanted: tuple[str, ...]) -> Iterator[Line]:
    yield ((name, "bold"),)
    for title, cell, look in zip(head, cells, _looks(cells, wanted), strict=True):
        if cell != "–":
            yield (f"  {title}: ", "dim"), (cell, look)


# The heat map


def _heat_map(comparison: Comparison, width: int) -> Iterator[Line]:
    rows, part = comparison.difference, comparison.part
    finite = [abs(value) for row in rows for value in row if math.isfinite(value)]
    largest = max(finite, default=0.0)
    if part:
        heading = _("difference (what came, less what was expected) in {part}:").format(part=_slices(part))
    else:
        heading = _("difference (what came, less what was expected):")
    yield ((heading, "bold"),)
    first_row, first_column = (part[-2][0] if len(part) > 1 else 0, part[-1][0]) if part else (0, 0)
    columns = [str(first_column + i) for i in range(len(rows[0]))]
    margin = len(str(first_row + len(rows) - 1)) + 2 if len(rows) > 1 else 0
    numbers = [[_number(value, largest) for value in row] for row in rows]
    cell = max(len(text) for row in numbers for text in row) + 4
    with_numbers = len(rows) * len(columns) <= MOST_NUMBERS and margin + cell * len(columns) - 2 <= width
    if not with_numbers:
        cell = 2 if margin + 2 * len(columns) <= width else 1
    yield ((" " * margin + _heads(columns, cell), "dim"),)
    for index, (row, texts) in enumerate(zip(rows, numbers, strict=True)):
        spans: list[Span] = [(f"{first_row + index:>{margin - 2}}  " if margin else "", "dim")]
        for value, text in zip(row, texts, strict=True):
            level = _level(value, largest)
            shade = SHADES[level]
            shown = f"{shade} {text}" if with_numbers else _shaded(value, level, cell)
            spans += [(shown, _HEAT[level]), (" " * (cell - len(shown)), "")]
        yield tuple(spans[:-1])  # no spaces at the end, which a narrow screen would fold
    if largest and not with_numbers:
        steps = ", ".join(f"{SHADES[level]} {largest * (level / 4):.2g}" for level in range(1, 5))
        yield ((_("up to {steps}").format(steps=steps), "dim"),)
        if cell > 1 and any(value < 0 for row in rows for value in row if _level(value, largest) in range(1, 5)):
            yield ((_("- before a shade: less came than was expected"), "dim"),)
    if len(finite) < len(rows) * len(columns):
        yield ((_("{sign} not finite").format(sign=SHADES[5]), "dim"),)
    yield ((_pattern(rows, largest, first_row, first_column), "dim"),)


def _slices(part: tuple[tuple[int, int], ...]) -> str:
    """``[2, 0:16, 4:20]``: as one would take the part out of the tensor."""
    leading, last = part[:-2], part[-2:]
    return f"[{', '.join([*(str(start) for start, _end in leading), *(f'{start}:{end}' for start, end in last)])}]"


def _pattern(rows: tuple[tuple[float, ...], ...], largest: float, first_row: int, first_column: int) -> str:
    """Where the values differ, in words: a row or a column alone says much about the mistake."""
    places = [(y, x) for y, row in enumerate(rows) for x, value in enumerate(row) if _level(value, largest)]
    height, width = len(rows), len(rows[0])
    in_rows, in_columns = {y for y, _x in places}, {x for _y, x in places}
    if len(places) == height * width:
        values = [value for row in rows for value in row]
        if math.isfinite(sum(values)) and max(values) - min(values) <= NEXT_TO_NOTHING * largest:
            return _("every value differs, and all by the same")
        return _("every value differs")
    if len(in_rows) == 1 and height > 1 and width > 1:
        return _("only row {row} differs").format(row=first_row + in_rows.pop())
    if len(in_columns) == 1 and height > 1 and width > 1:
        return _("only column {column} differs").format(column=first_column + in_columns.pop())
    return _("{count} of {total} values differ").format(count=len(places), total=height * width)


def _shaded(value: float, level: int, cell: int) -> str:
    """As wide as the cell; with a sign before it, where there is room, what lies below."""
    shade = SHADES[level]
    if level in (0, 5):
        return shade
    return f"-{shade}" if value < 0 and cell > 1 else shade * cell


def _heads(labels: list[str], cell: int) -> str:
    """The numbers of the columns, as many as there is room for."""
    text = ""
    for index, label in enumerate(labels):
        at = index * cell
        if cell == 1 and len(labels[-1]) > 1 and index % 5:
            continue
        if len(text) <= at - (1 if text and cell > 1 else 0) or not text:
            text = text.ljust(at) + label
    return text


def _number(value: float, largest: float) -> str:
    """Two digits are enough to see a pattern."""
    if not math.isfinite(value):
        return str(value)
    return "0" if abs(value) <= NEXT_TO_NOTHING * largest else f"{value:+.2g}"


def _level(value: float, largest: float) -> int:
    if not math.isfinite(value):
        return 5
    if abs(value) <= NEXT_TO_NOTHING * largest:
        return 0
    return min(4, math.ceil(4 * (abs(value) / largest)))


def _padded(text: str, columns: int) -> str:
    return text + " " * max(0, columns - cell_len(text))

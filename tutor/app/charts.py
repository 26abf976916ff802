"""Bars that stand side by side, drawn with blocks of an eighth of a cell. Plain text; knows nothing of textual."""

from __future__ import annotations

from collections.abc import Sequence

BLOCKS = " ▁▂▃▄▅▆▇█"


def columns(values: Sequence[float], width: int, height: int) -> list[str]:
    """A bar for each of ``values`` in ``height`` lines, the largest as high as they are together.

    Each bar is as wide as ``width`` cells allow, with a gap between two where there is room for one. More values than
    cells are cut off at the beginning. Whatever is not 0 shows.
    """
    if width <= 0 or height <= 0 or not values:
        return ["" for _line in range(max(0, height))]
    values = values[-width:]
    each = cell_width(len(values), width)
    most = max(values)
    eighths = [round(8 * height * value / most) if most > 0 else 0 for value in values]
    eighths = [max(1, e) if value > 0 else 0 for e, value in zip(eighths, values, strict=True)]
    lines = []
    for line in range(height - 1, -1, -1):
        marks = (BLOCKS[max(0, min(8, e - 8 * line))] for e in eighths)
        lines.append("".join(mark * max(1, each - 1) + " " * (each > 1) for mark in marks))
    return lines


def cell_width(count: int, width: int) -> int:
    """The cells of one bar of ``count``, the gap after it included."""
    return max(1, min(4, width // max(1, count)))

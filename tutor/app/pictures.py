"""Grey pictures in half blocks: each cell shows two pixels, one above the other. Knows nothing of the screen."""

from __future__ import annotations

import math
from collections.abc import Sequence

Pixels = Sequence[Sequence[float]]

TALLEST = 128
"""Lines of a picture: it may be scrolled, but not without end."""


def half_blocks(rows: Pixels, width: int) -> list[list[tuple[int, int]]]:
    """Lines of cells, each the grey (0 to 255) of its upper and of its lower pixel; no line is longer than ``width``.

    A picture too wide or too high is made smaller by a whole factor, which keeps its proportions and its pixels square.
    No more than ``TALLEST`` lines come of it.
    """
    if not rows or not rows[0] or width < 1:
        return []
    grid = _shrink(rows, max(math.ceil(len(rows[0]) / width), math.ceil(len(rows) / (2 * TALLEST))))
    lines = []
    for y in range(0, len(grid), 2):
        upper = grid[y]
        lower = grid[y + 1] if y + 1 < len(grid) else [0] * len(upper)
        lines.append(list(zip(upper, lower, strict=True)))
    return lines


def _shrink(rows: Pixels, factor: int) -> list[list[int]]:
    """Means of blocks of ``factor`` by ``factor`` pixels."""
    width = len(rows[0])
    return [
        [
            _grey([row[i] for row in rows[y : y + factor] for i in range(x, min(x + factor, width)) if i < len(row)])
            for x in range(0, width, factor)
        ]
        for y in range(0, len(rows), factor)
    ]


def _grey(values: Sequence[float]) -> int:
    finite = [v for v in values if math.isfinite(v)]
    mean = sum(finite) / len(finite) if finite else 0.0
    return round(255 * min(1.0, max(0.0, mean)))

"""A curve drawn in braille dots: two columns and four rows of dots in each cell. Plain text; knows nothing of textual.

Written here because the libraries that plot in a textual app are not kept up, and a training curve needs no more.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

_DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))


def plot(values: Sequence[float], width: int, height: int) -> list[str]:
    """``values`` from left to right in ``height`` lines of ``width`` cells, the smallest at the bottom.

    What is not finite leaves a gap.
    """
    cells = [[0] * width for _row in range(height)]
    columns, rows = width * 2 - 1, height * 4 - 1
    points = _thin(values, 4 * width)
    finite = [v for v in points if math.isfinite(v)]
    if finite and columns > 0 and rows > 0:
        low, high = min(finite), max(finite)
        # The span of two finite numbers may be infinite; halving them always would make nothing of the smallest ones.
        scale = 1.0 if math.isfinite(high - low) else 0.5
        span = high * scale - low * scale
        across = columns / max(1, len(points) - 1)
        before: tuple[float, float] | None = None
        for index, value in enumerate(points):
            if not math.isfinite(value):
                before = None
                continue
            part = (value * scale - low * scale) / span if span > 0 else 0.5
            here = (index * across, (1 - part) * rows)
            _line(cells, before or here, here)
            before = here
    return ["".join(chr(0x2800 + cell) if cell else " " for cell in line) for line in cells]


def _line(cells: list[list[int]], start: tuple[float, float], end: tuple[float, float]) -> None:
    steps = max(1, math.ceil(max(abs(end[0] - start[0]), abs(end[1] - start[1]))))
    for step in range(steps + 1):
        x = round(start[0] + (end[0] - start[0]) * step / steps)
        y = round(start[1] + (end[1] - start[1]) * step / steps)
        cells[y // 4][x // 2] |= _DOTS[x % 2][y % 4]


def _thin(values: Sequence[float], most: int) -> list[float]:
    """At most about ``most`` of ``values``; of each stretch the extremes stay, and so does whatever is not finite."""
    if len(values) <= most:
        return list(values)
    size = math.ceil(2 * len(values) / most)
    thinned: list[float] = []
    for start in range(0, len(values), size):
        stretch = values[start : start + size]
        odd = next((v for v in stretch if not math.isfinite(v)), None)
        low, high = min(stretch), max(stretch)
        thinned += [odd, odd] if odd is not None else [low, high] if stretch[0] <= stretch[-1] else [high, low]
    return thinned


def first_not_finite(values: Sequence[float]) -> int | None:
    """Number of the first step, from 1, whose value is NaN or infinite."""
    return next((i for i, v in enumerate(values, 1) if not math.isfinite(v)), None)

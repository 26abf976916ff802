"""Pictures in half blocks: each cell shows two pixels, one above the other. Knows nothing of the screen.

Where a terminal has sixteen colours they are dithered, where it has none they become shades. Imports numpy: drawn in a
thread, after the first paint.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from rich.cells import cell_len, set_cell_size

from tutor.app.drawing import SHADES, Look, Row, Span, ink, merged
from tutor.grading.report import Image

TALLEST = 128
"""Lines of a picture: it may be scrolled, but not without end."""
SMALL, MANY = 16, 8
"""Pixels across of each of more than ``MANY`` pictures, and of fewer twice as many; small ones are made that large."""
GAP = 2
"""Cells between two pictures."""
NARROWEST = 6
"""Cells that a picture and its caption have at least."""

Pixels = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
"""Shape (height, width, 3), from 0 to 255."""

# Where in a block of pixels a shade turns to the next, as even as can be (B. E. Bayer, 1973).
_BAYER = (np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]]) + 0.5) / 16
_GREYS = np.array([0.0, 128.0, 192.0, 255.0])
"""Those of sixteen colours."""


def pixels(image: Image) -> Pixels:
    """The picture as numbers."""
    flat = np.frombuffer(image.pixels, dtype=np.uint8).astype(np.float64)
    shape = (image.height, image.width, 3 if image.colour else 1)
    return np.broadcast_to(flat.reshape(shape), (image.height, image.width, 3))


def resized(grid: Pixels, width: int, wanted: int) -> Pixels:
    """Larger or smaller by a whole factor, which keeps pixels square: about ``wanted`` pixels across.

    At most ``width``, and at most ``2 * TALLEST`` high.
    """
    height, across = grid.shape[:2]
    largest = max(height, across)
    shrink = max(
        math.ceil(across / width), math.ceil(height / (2 * TALLEST)), math.ceil(largest / (1.5 * max(wanted, 1)))
    )
    if shrink > 1:
        rows, columns = math.ceil(height / shrink), math.ceil(across / shrink)
        padded = np.full((rows * shrink, columns * shrink, 3), np.nan)
        padded[:height, :across] = grid
        means: Pixels = np.nanmean(padded.reshape(rows, shrink, columns, shrink, 3), axis=(1, 3))
        return means
    grow = max(1, min(wanted // largest, width // across))
    return grid.repeat(grow, axis=0).repeat(grow, axis=1)


def cells_of(image: Image, width: int, wanted: int) -> tuple[int, int]:
    """Columns and lines that ``image`` takes when it is resized so."""
    height, across = resized(pixels(image), width, wanted).shape[:2]
    return across, math.ceil(height / 2)


def half_blocks(grid: Pixels, look: Look) -> list[Row]:
    """Two rows of pixels in each line. An odd last row stands over nothing."""
    if look.colours == "none":
        return _shaded(grid, look.dark)
    if look.colours == "sixteen":
        grid = _dithered(grid)
    levels = grid.round().astype(np.uint8).tolist()
    rows = []
    for y in range(0, len(levels), 2):
        upper = levels[y]
        if y + 1 == len(levels):
            rows.append(merged(("▀", ink(*pixel)) for pixel in upper))
        else:
            rows.append(merged(("▀", f"{ink(*a)} on {ink(*b)}") for a, b in zip(upper, levels[y + 1], strict=True)))
    return rows


def _dithered(grid: Pixels) -> Pixels:
    """Greys of the four that sixteen colours have; other colours with all or nothing of each part."""
    height, width = grid.shape[:2]
    threshold = np.tile(_BAYER, (height // 4 + 1, width // 4 + 1))[:height, :width]
    if (grid == grid[:, :, :1]).all():
        grey = grid[:, :, 0]
        index = np.clip(np.searchsorted(_GREYS, grey, side="right") - 1, 0, 2)
        low, high = _GREYS[index], _GREYS[index + 1]
        chosen = np.where((grey - low) / (high - low) > threshold, high, low)
        return np.repeat(chosen[:, :, np.newaxis], 3, axis=2)
    return np.where(grid / 255 > threshold[:, :, np.newaxis], 255.0, 0.0)


def _shaded(grid: Pixels, dark: bool) -> list[Row]:
    """A character for two pixels, one above the other; on a dark ground, the more of the text's colour the brighter."""
    light = grid @ np.array([0.299, 0.587, 0.114])
    if len(light) % 2:
        light = np.vstack([light, light[-1:]])
    pairs = light.reshape(-1, 2, light.shape[1]).mean(axis=1) / 255
    index = np.clip((pairs * len(SHADES)).astype(np.int64), 0, len(SHADES) - 1)
    signs = SHADES if dark else SHADES[::-1]
    return [(("".join(signs[i] for i in line), ""),) for line in index.tolist()]


def shelves(images: Sequence[Image], width: int, look: Look, sent: Sequence[list[Row]] = ()) -> list[Row]:
    """``images`` side by side, as many as fit ``width``, each with its caption below.

    Args:
        images: what to draw.
        width: cells.
        look: what the terminal is like.
        sent: for each image the rows over which the terminal draws it, or none.
    """
    drawn = [
        (sent[index] if sent else []) or half_blocks(resized(pixels(image), width, wanted(images, width)), look)
        for index, image in enumerate(images)
    ]
    rows: list[Row] = []
    shelf: list[tuple[list[Row], str, int]] = []
    for image, lines in zip(images, drawn, strict=True):
        caption = captioned(image)
        across = max((_width(line) for line in lines), default=0)
        room = min(width, max(across, min(cell_len(caption), 2 * across), NARROWEST if caption else 0))
        if shelf and sum(other + GAP for _lines, _caption, other in shelf) + room > width:
            rows += _shelf(shelf)
            shelf = []
        shelf.append((lines, caption, room))
    return rows + (_shelf(shelf) if shelf else [])


def wanted(images: Sequence[Image], width: int) -> int:
    """Pixels that each of ``images`` should be across in ``width`` cells: two should stand side by side."""
    if len(images) > MANY:
        return SMALL
    return 2 * SMALL if len(images) == 1 or width >= 4 * SMALL + GAP else 3 * SMALL // 2


def captioned(image: Image) -> str:
    """The caption, with a mark where it says whether it is right."""
    mark = "" if image.right is None else "✓ " if image.right else "✗ "
    return mark + image.caption


def _shelf(shelf: Sequence[tuple[list[Row], str, int]]) -> list[Row]:
    rows = []
    for y in range(max(len(lines) for lines, _caption, _room in shelf)):
        spans: list[Span] = []
        for lines, _caption, room in shelf:
            line = lines[y] if y < len(lines) else ()
            spans += [*line, (" " * (room - _width(line) + GAP), "")]
        rows.append(_stripped(spans))
    if any(caption for _lines, caption, _room in shelf):
        text = (" " * GAP).join(_fitted(caption, room) for _lines, caption, room in shelf)
        rows.append(((text.rstrip(), "dim"),))
    return rows


def _stripped(spans: list[Span]) -> Row:
    """Without blanks at the end, which a narrow screen would fold."""
    if spans and not spans[-1][1]:
        spans = [*spans[:-1], (spans[-1][0].rstrip(), "")]
    return merged(spans)


def _fitted(text: str, room: int) -> str:
    return set_cell_size(text, room) if cell_len(text) <= room else set_cell_size(text, room - 1) + "…"


def _width(row: Row) -> int:
    return sum(cell_len(text) for text, _style in row)

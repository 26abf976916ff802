"""Equations in two dimensions: every part is a rectangle of characters with a line that the eye follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from tutor.pages.equations import gap, has_limits, line_of, lowered, small_letters, tight
from tutor.pages.tex import Fence, Fraction, Grid, Node, Root, Row, Script, Symbol
from tutor.pages.tex_symbols import UPPER


@dataclass(frozen=True, slots=True)
class Box:
    lines: tuple[str, ...]
    """All of the same width."""
    base: int
    """The number of the line on which it stands."""

    @property
    def width(self) -> int:
        return cell_len(self.lines[0])

    @property
    def height(self) -> int:
        return len(self.lines)


EMPTY = Box(("",), 0)


def box_of(node: Node) -> Box:
    """``node``, drawn."""
    match node:
        case Symbol(text):
            return Box((text,), 0)
        case Row(parts):
            return _row(parts)
        case Fraction(above, below):
            return _fraction(box_of(above), box_of(below))
        case Root(body, index):
            return _root(node, box_of(body)) if index is None else Box((line_of(node),), 0)
        case Script(base, below, above):
            return _script(base, below, above)
        case Fence(left, body, right):
            inside = box_of(body)
            return side_by_side([bracket(left, inside), inside, bracket(right, inside)])
        case Grid():
            return _grid(node)


def side_by_side(boxes: Sequence[Box], between: int = 0) -> Box:
    """``boxes`` in a row, on one base line."""
    rise = max((box.base for box in boxes), default=0)
    fall = max((box.height - box.base for box in boxes), default=1)
    lines = [""] * (rise + fall)
    for number, box in enumerate(boxes):
        space = " " * (between if number else 0)
        for y in range(rise + fall):
            inside = y - rise + box.base
            text = box.lines[inside] if 0 <= inside < box.height else " " * box.width
            lines[y] += space + text
    return Box(tuple(lines), rise)


def stacked(boxes: Sequence[Box], base: int, align: str = "c") -> Box:
    """``boxes`` one above the other; the base line is that of the box with this number."""
    width = max(box.width for box in boxes)
    lines = [padded(line, width, align) for box in boxes for line in box.lines]
    return Box(tuple(lines), sum(box.height for box in boxes[:base]) + boxes[base].base)


def padded(text: str, width: int, align: str) -> str:
    room = width - cell_len(text)
    left = {"l": 0, "c": room // 2, "r": room}[align]
    return " " * left + text + " " * (room - left)


def _row(parts: Sequence[Node]) -> Box:
    boxes: list[Box] = []
    for number, part in enumerate(parts):
        if number and gap(parts[number - 1], part):
            boxes.append(Box((" ",), 0))
        boxes.append(box_of(part))
    return side_by_side(boxes) if boxes else EMPTY


def _fraction(above: Box, below: Box) -> Box:
    width = max(above.width, below.width)
    if above.height > 1 or below.height > 1:
        width += 2  # so that its line is longer than those inside
    return stacked([above, Box(("─" * width,), 0), below], 1)


def _root(node: Root, body: Box) -> Box:
    if body.height == 1:
        return Box((line_of(node),), 0)
    lines = [" " * (body.height + 1) + "_" * body.width]
    for y, line in enumerate(body.lines):
        lines.append(_hook(body.height - 1 - y, body.height) + line)
    return Box(tuple(lines), body.base + 1)


def _hook(up: int, height: int) -> str:
    """The part of a root's sign that stands ``up`` lines above its foot."""
    sign = [" "] * (height + 1)
    sign[up + 1] = "╱"
    if up == 0:
        sign[0] = "╲"
    return "".join(sign)


def _script(base: Node, below: Row | None, above: Row | None) -> Box:
    body = box_of(base)
    low = "" if below is None else lowered(below)
    high = "" if above is None else _high(above)
    if has_limits(base) and not (above is None and low is not None and len(low) == 1):
        limits = [None if row is None else _tight(box_of(row)) for row in (above, below)]
        boxes = [box for box in (limits[0], body, limits[1]) if box is not None]
        return stacked(boxes, 0 if above is None else 1)
    if body.height == 1 and low is not None and high is not None:
        return Box((body.lines[0] + low + high,), 0)
    if body.height == 1 and low is not None:  # only what is above has to be drawn
        body, below = Box((body.lines[0] + low,), 0), None
    over = EMPTY if above is None else Box((high,), 0) if high is not None else _tight(box_of(above))
    under = EMPTY if below is None else _tight(box_of(below))
    return side_by_side([body, _beside(body, over, under)])


def _beside(body: Box, over: Box, under: Box) -> Box:
    """``over`` and ``under`` above and below the line of ``body``: level with its first and last line if it is tall."""
    width = max(over.width, under.width)
    top = [padded(line, width, "l") for line in over.lines] if over.width else []
    bottom = [padded(line, width, "l") for line in under.lines] if under.width else []
    middle = body.height
    rise = len(top)
    if body.height > 1:
        middle -= bool(top) + bool(bottom)
        rise -= bool(top)
    return Box((*top, *([" " * width] * middle), *bottom), body.base + rise)


def _tight(box: Box) -> Box:
    return Box((tight(box.lines[0]),), 0) if box.height == 1 else box


def _high(above: Row) -> str | None:
    """``above`` in small letters."""
    return small_letters(line_of(above), UPPER)


TALL = {
    "(": "⎛⎜⎝",
    ")": "⎞⎟⎠",
    "[": "⎡⎢⎣",
    "]": "⎤⎥⎦",
    "⌊": "⎢⎢⎣",
    "⌋": "⎥⎥⎦",
    "⌈": "⎡⎢⎢",
    "⌉": "⎤⎥⎥",
    "|": "│││",
    "‖": "‖‖‖",
    "⟨": "╱│╲",
    "⟩": "╲│╱",
}


def bracket(sign: str, inside: Box) -> Box:
    """``sign``, as tall as what it encloses."""
    height = inside.height
    if height == 1 or not sign:
        return Box((sign,) * height, inside.base)
    if sign in "{}":
        return _brace(sign, inside)
    first, middle, last = list(TALL.get(sign, sign * 3))
    return Box((first, *([middle] * (height - 2)), last), inside.base)


def _brace(sign: str, inside: Box) -> Box:
    top, along, point, foot = ("⎧", "⎪", "⎨", "⎩") if sign == "{" else ("⎫", "⎪", "⎬", "⎭")
    if inside.height == 2:
        return Box((top, foot), inside.base)
    lines = [top, *([along] * (inside.height - 2)), foot]
    lines[inside.height // 2] = point
    return Box(tuple(lines), inside.base)


def _grid(grid: Grid) -> Box:
    columns = max(len(row) for row in grid.rows)
    boxes = [[box_of(cell) for cell in row] + [EMPTY] * (columns - len(row)) for row in grid.rows]
    widths = [max(row[column].width for row in boxes) for column in range(columns)]
    rows: list[Box] = []
    for row in boxes:
        cells = []
        for column, box in enumerate(row):
            align = ("r" if column % 2 == 0 else "l") if grid.aligned == "a" else grid.aligned
            cells.append(Box(tuple(padded(line, widths[column], align) for line in box.lines), box.base))
        rows.append(side_by_side(cells, 1 if grid.aligned == "a" else 2))
    if any(row.height > 1 for row in rows):
        blank = Box((" " * rows[0].width,), 0)
        rows = [part for row in rows for part in (blank, row)][1:]
    lines = [line for row in rows for line in row.lines]
    inside = Box(tuple(lines), len(lines) // 2 if len(lines) % 2 else (len(lines) - 1) // 2)
    return side_by_side([bracket(grid.left, inside), inside, bracket(grid.right, inside)])

"""What figures are made of: lines of text with styles, that fit a given width. Knows nothing of the screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

from tutor.app.wrapping import divide_line

Span = tuple[str, str]
"""Text and its style: "", "bold", "dim", a name of ``SERIES``, or "rgb(r,g,b) on rgb(r,g,b)"."""
Row = tuple[Span, ...]

Graphics = Literal["", "kitty", "kitty256"]
"""How pictures can be sent whole; the last where a terminal is only known to have 256 colours."""
Colours = Literal["many", "sixteen", "none"]
"""What a terminal can show. Of 256 colours whoever prints ``many`` takes the nearest."""


class Look(NamedTuple):
    """What the terminal is like."""

    colours: Colours = "many"
    graphics: Graphics = ""
    dark: bool = True
    """Whether text is lighter than its ground: decides which shade is the bright one where there are no colours."""


SERIES = ("series0", "series1", "series2", "series3")
"""Styles of curves and classes; the fifth has the first one's again. Never the only thing that tells two apart."""

SHADES = " ░▒▓█"
"""From nothing to all, where there are no colours."""


def ink(red: float, green: float, blue: float) -> str:
    """The name of a colour, each part from 0 to 255."""
    return f"rgb({round(red)},{round(green)},{round(blue)})"


def merged(spans: Iterable[Span]) -> Row:
    """Neighbours of the same style as one span."""
    row: list[Span] = []
    for text, style in spans:
        if row and row[-1][1] == style:
            row[-1] = (row[-1][0] + text, style)
        elif text:
            row.append((text, style))
    return tuple(row)


def plain(rows: Sequence[Row]) -> list[str]:
    """The text alone."""
    return ["".join(text for text, _style in row) for row in rows]


def folded(text: str, width: int) -> list[str]:
    """``text`` in lines of at most ``width`` cells, broken where the language allows it."""
    breaks = [0, *divide_line(text, max(1, width)), len(text)]
    return [text[start:end].rstrip() for start, end in pairwise(breaks)]

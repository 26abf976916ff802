"""Pictures through kitty's graphics protocol, by its Unicode placeholders: to everybody but the terminal they are text.

A picture is sent once under a number; wherever its placeholder cells are printed, in the colour that stands for that
number, the terminal draws it (https://sw.kovidgoyal.net/kitty/graphics-protocol/#unicode-placeholders). So it scrolls,
is cut and is covered as any text is, and nothing has to be asked of the terminal, which could take an answer for keys.
Knows nothing of the screen.
"""

from __future__ import annotations

import math
import unicodedata
import zlib
from base64 import b64encode
from functools import cache
from itertools import product

from tutor.app.drawing import Row, ink
from tutor.grading.report import Image

PLACEHOLDER = "\U0010eeee"
CHUNK = 4096
"""Characters of a picture's data in one sequence at most: the protocol's limit."""
CELL = 10
"""Pixels of a cell's width, about: small pictures are enlarged to that, or the terminal would blur them."""
FINE = 4
"""Pixels for each cell from which on a picture is sent as it is."""
MOST_CELLS = 128
"""Rows and columns of cells that a picture can have here."""


@cache
def _marks() -> list[str]:
    """The signs that number rows and columns: above a letter, and never one with it (the protocol's list)."""
    one_with: set[str] = set()
    for code in range(0xC0, 0x3000):
        parts = unicodedata.decomposition(chr(code))
        if not parts.startswith("<"):
            one_with.update(chr(int(part, 16)) for part in parts.split())
    signs = (chr(code) for code in range(0x300, 0x890))
    found = (s for s in signs if unicodedata.combining(s) == 230 and not unicodedata.decomposition(s))
    return [sign for sign in found if sign not in one_with][:MOST_CELLS]


_LEVELS = (0, 95, 135, 175, 215, 255)
NUMBERS: tuple[tuple[int, int, int], ...] = tuple(
    (red, green, blue) for red, green, blue in product(_LEVELS, repeat=3) if not red == green == blue
)
"""Colours that stand for numbers: those that a terminal of 256 colours has too, and that nobody takes for a grey."""


def number_of(place: int, *, all_colours: bool) -> int:
    """The number that a terminal reads from the colour at ``place`` of ``NUMBERS``."""
    red, green, blue = NUMBERS[place]
    if all_colours:
        return (red << 16) | (green << 8) | blue
    return 16 + 36 * _LEVELS.index(red) + 6 * _LEVELS.index(green) + _LEVELS.index(blue)


def sent(image: Image, number: int, columns: int, rows: int) -> str:
    """What makes the terminal keep ``image`` under ``number``, and draw it over so many cells; an older one goes."""
    data = b64encode(zlib.compress(_enlarged(image, columns))).decode("ascii")
    factor = _factor(image, columns)
    control = f"a=T,U=1,q=2,i={number},f=24,o=z,s={image.width * factor},v={image.height * factor},c={columns},r={rows}"
    parts = [data[start : start + CHUNK] for start in range(0, len(data), CHUNK)]
    text = ""
    for index, part in enumerate(parts):
        more = f"m={int(index < len(parts) - 1)}"
        text += f"\x1b_G{f'{control},{more}' if index == 0 else f'q=2,{more}'};{part}\x1b\\"
    return text


def forgotten(number: int) -> str:
    """What makes the terminal drop the picture with ``number``."""
    return f"\x1b_Ga=d,d=I,i={number},q=2\x1b\\"


def cells(place: int, columns: int, rows: int) -> list[Row]:
    """The cells over which the terminal draws the picture whose number is the colour at ``place``."""
    style = ink(*NUMBERS[place])
    marks = _marks()
    # Each cell has both its numbers: whatever covers or cuts the others, it stays in its place.
    return [
        (("".join(PLACEHOLDER + marks[row] + marks[column] for column in range(columns)), style),)
        for row in range(rows)
    ]


def _factor(image: Image, columns: int) -> int:
    """How many times as large a picture is sent: small ones, whose pixels are to be seen."""
    return math.ceil(columns * CELL / image.width) if image.width < FINE * columns else 1


def _enlarged(image: Image, columns: int) -> bytes:
    """Red, green and blue, every pixel repeated."""
    factor = _factor(image, columns)
    depth = 3 if image.colour else 1
    lines = []
    for y in range(image.height):
        line = image.pixels[y * image.width * depth : (y + 1) * image.width * depth]
        pixels = (line[x : x + depth] * (3 // depth) for x in range(0, len(line), depth))
        lines.append(b"".join(pixel * factor for pixel in pixels) * factor)
    return b"".join(lines)

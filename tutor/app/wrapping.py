"""Where a line of Japanese may be broken.

Textual breaks lines at spaces only. Japanese has none, so a whole sentence would count as one word: lines would end far
too early, or in the middle of an identifier. Here a line may also be broken beside a wide character, except before what
must not begin a line (、。」ー…) and after what must not end one (「（…).

Textual has no setting for this. ``install`` replaces the one function that it asks for the places where to break.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from rich._wrap import divide_line as at_spaces
from rich.cells import cell_len

NEVER_FIRST = frozenset(
    "、。，．,.・：；:;？！?!）］｝)]}」』】〉》〕ー―…‥々ゝゞ％%〜～ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ"
)
NEVER_LAST = frozenset("（［｛([{「『【〈《〔")
_WORD = re.compile(r"\s*\S+\s*")


def is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"


def divide_line(text: str, width: int, fold: bool = True) -> list[int]:
    """Offsets at which ``text`` is to be broken so that no line takes more than ``width`` cells.

    Args:
        fold: also break what is too long for a line of its own.
    """
    if len(text) == cell_len(text):  # nothing wide in it
        return at_spaces(text, width, fold)
    breaks: list[int] = []
    used = 0
    for start, end in _pieces(text):
        piece = text[start:end]
        if used + cell_len(piece.rstrip()) > width and used:
            breaks.append(start)
            used = 0
        if fold and cell_len(piece.rstrip()) > width:
            for offset, character in enumerate(piece.rstrip(), start):
                if used + cell_len(character) > width:
                    breaks.append(offset)
                    used = 0
                used += cell_len(character)
        else:
            used += cell_len(piece)
    return breaks


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """What stays together: words, and within them whatever may not be parted."""
    start = 0
    for match in _WORD.finditer(text):
        for at in range(match.start() + 1, match.end()):
            before, after = text[at - 1], text[at]
            if before.isspace() or after.isspace():
                continue
            if (is_wide(before) or is_wide(after)) and before not in NEVER_LAST and after not in NEVER_FIRST:
                yield start, at
                start = at
        if not _counts(text, match.end()):
            yield start, match.end()
            start = match.end()


def _counts(text: str, at: int) -> bool:
    """Whether a number ends before the space at ``at``, and what it counts follows: ``1 つ`` stays together."""
    return 1 < at < len(text) and text[at - 1] == " " and text[at - 2].isdigit() and is_wide(text[at])


def install() -> None:
    """Make every text of the app break its lines so."""
    import textual.content

    textual.content.divide_line = divide_line  # type: ignore[attr-defined]

"""Where a line may be broken, in Japanese and in everything else.

Japanese has no spaces: a sentence may be broken beside any wide character, except before what must not begin a line
(、。」ー…) and after what must not end one (「（…). Elsewhere a line is broken at spaces. What belongs together stays
together: identifiers, a number and what it counts (``1 つ``, ``100 ms``).

Widths are those of rich, which takes characters of ambiguous width (· Σ × …) for narrow, as terminals do unless told
otherwise.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from rich.cells import cell_len

NEVER_FIRST = frozenset(
    "、。，．,.・：；:;？！?!）］｝)]}」』】〉》〕ー―…‥々ゝゞ％%〜～ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ｠»’”゛゜"
)
NEVER_LAST = frozenset("（［｛([{「『【〈《〔｟«‘“")
_WORD = re.compile(r"\s*\S+\s*")
_UNIT = re.compile(
    r"(?:%|‰|ns|µs|us|ms|s|min|h|[kKMGT]?i?B|[kMGT]?Hz|px|dB|°C|bits?|bytes?|GPUs?|cores?|epochs?|steps?)\b|[%‰]"
)
_GOOD_FOLD = frozenset("._/,(-=)]}:;&?")
"""Characters of a long identifier or address after which it is folded, if it must be."""


def is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"


def breaks(text: str, width: int, *, fold: bool = True, glued: AbstractSet[int] = frozenset()) -> list[int]:
    """Offsets at which ``text`` is to be broken so that no line takes more than ``width`` cells.

    Spaces at the end of a line do not count: whoever shows the lines drops them.

    Args:
        fold: also break what is too long for a line of its own.
        glued: offsets at which it must not be broken unless it is folded.
    """
    found: list[int] = []
    used = 0
    for start, end in pieces(text, glued):
        piece = text[start:end]
        bare = cell_len(piece.rstrip())
        if used and used + bare > width:
            found.append(start)
            used = 0
        if fold and bare > width:
            used = _fold(text, start, start + len(piece.rstrip()), width, found)
            used += cell_len(piece) - bare
        else:
            used += cell_len(piece)
    return found


def pieces(text: str, glued: AbstractSet[int] = frozenset()) -> Iterator[tuple[int, int]]:
    """What stays together, each with the spaces after it."""
    start = 0
    for match in _WORD.finditer(text):
        for at in range(match.start() + 1, match.end()):
            before, after = text[at - 1], text[at]
            if before.isspace() or after.isspace() or at in glued:
                continue
            if (is_wide(before) or is_wide(after)) and before not in NEVER_LAST and after not in NEVER_FIRST:
                yield start, at
                start = at
        if match.end() == len(text) or (match.end() not in glued and not _counts(text, match.end())):
            yield start, match.end()
            start = match.end()


def _counts(text: str, at: int) -> bool:
    """Whether a number ends before the space at ``at``, and what it counts follows."""
    if not (1 < at < len(text) and text[at - 1] == " " and text[at - 2].isdigit()):
        return False
    return is_wide(text[at]) or _UNIT.match(text, at) is not None


def _fold(text: str, start: int, end: int, width: int, found: list[int]) -> int:
    """Break what stands from ``start`` to ``end``; the cells that its last line takes."""
    line, used = start, 0
    for at in range(start, end):
        cells = cell_len(text[at])
        if used + cells > width and at > line and not text[at].isspace():
            cut = _good_cut(text, line, at)
            found.append(cut)
            line, used = cut, cell_len(text[cut:at])
        used += cells
    return used


def _good_cut(text: str, line: int, at: int) -> int:
    """Where to fold the line that begins at ``line`` and is full at ``at``."""
    for cut in range(at, line, -1):
        if text[cut - 1].isspace() and text[line:cut].strip():
            return cut
    for cut in range(at, line + (at - line) // 2, -1):
        if text[cut - 1] in _GOOD_FOLD and text[cut] not in NEVER_FIRST:
            return cut
    for cut in range(at, line + (at - line) // 2, -1):
        if cell_len(text[cut]) and text[cut] not in NEVER_FIRST and text[cut - 1] not in NEVER_LAST:
            return cut
    return next((cut for cut in range(at, line, -1) if cell_len(text[cut])), at)


def joint(before: str, after: str) -> str:
    """What stands between two lines of one paragraph that are shown as one: a space, or nothing in Japanese."""
    if not before or not after:
        return ""
    if is_wide(before[-1]) and is_wide(after[0]):
        return ""
    return "" if _is_wide_mark(before[-1]) or _is_wide_mark(after[0]) else " "


def _is_wide_mark(character: str) -> bool:
    """Whether it is punctuation that brings its own space with it."""
    return is_wide(character) and unicodedata.category(character)[0] in "PS"

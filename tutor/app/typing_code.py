"""What an editor of Python does with lines of text: indents, comments, finds. Knows nothing of textual."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

INDENT = 4
MOST_COMPARED = 3_000
"""Lines: to compare longer texts line by line would hold the screen up."""
_LEAVES_BLOCK = re.compile(r"\s*(return|raise|pass|break|continue)\b")
_OPENS = re.compile(r"[(\[{]\s*$")
_STRING_OR_COMMENT = re.compile(r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|#.*""")

Location = tuple[int, int]
"""Row and column, from 0; a column counts characters, not cells."""

Changing = Callable[[Sequence[str]], list[str]]
"""What makes other lines of lines."""


def indentation(line: str) -> str:
    """The white space at the beginning of ``line``."""
    return line[: len(line) - len(line.lstrip())]


def next_indentation(line: str) -> str:
    """With what a line begins that comes after ``line``: deeper below a colon or an open bracket, less deep where a
    block has just been left."""
    own = indentation(line)
    # Strings and comments do not count: neither `"a:"` nor `# see:` opens a block.
    code = _STRING_OR_COMMENT.sub(lambda match: '""' if match[1] else "", line).rstrip()
    if code.endswith(":") or _OPENS.search(code):
        return own + " " * INDENT
    if _LEAVES_BLOCK.match(code) and len(own.expandtabs(INDENT)) >= INDENT and _balanced(code):
        return own[:-INDENT] if own.endswith(" " * INDENT) else own[:-1]
    return own


def _balanced(code: str) -> bool:
    return all(code.count(a) == code.count(b) for a, b in ("()", "[]", "{}"))


def indented(lines: Sequence[str]) -> list[str]:
    """``lines`` one step deeper; empty ones stay empty."""
    return [" " * INDENT + line if line.strip() else line for line in lines]


def dedented(lines: Sequence[str]) -> list[str]:
    """``lines`` one step less deep, as far as each can go."""
    return [line[_dedent_by(line) :] for line in lines]


def _dedent_by(line: str) -> int:
    if line.startswith("\t"):
        return 1
    spaces = len(line) - len(line.lstrip(" "))
    return min(spaces, (spaces - 1) % INDENT + 1) if spaces else 0


def backspace(line: str, column: int) -> int:
    """How many characters before ``column`` go at once: a step of the indentation, or one character."""
    before = line[:column]
    if before and not before.strip(" "):
        return (column - 1) % INDENT + 1
    return 1


def commented(lines: Sequence[str]) -> list[str]:
    """``lines`` as comments; where all of them (but the empty ones) are comments already, as code again."""
    filled = [line for line in lines if line.strip()]
    if not filled:
        return list(lines)
    if all(line.lstrip().startswith("#") for line in filled):
        return [re.sub(r"^(\s*)# ?", r"\1", line) if line.strip() else line for line in lines]
    at = min(len(indentation(line)) for line in filled)
    return [f"{line[:at]}# {line[at:]}" if line.strip() else line for line in lines]


def followed(old: Sequence[str], new: Sequence[str], row: int) -> int:
    """Where the line ``row`` of ``old`` is in ``new``; where it is not there any more, where it would be."""
    if len(old) > MOST_COMPARED:
        return min(row, len(new) - 1)
    for tag, start, end, there, upto in SequenceMatcher(None, old, new).get_opcodes():
        if start <= row < end:
            return there + row - start if tag == "equal" else min(there + row - start, max(there, upto - 1))
    return len(new) - 1


class Found(NamedTuple):
    """Where a search has got to."""

    start: Location
    end: Location
    number: int
    """Which one it is, from 1."""
    total: int


def find_all(lines: Sequence[str], wanted: str) -> list[tuple[Location, Location]]:
    """Every place of ``wanted``, not overlapping. Capitals matter where ``wanted`` has some."""
    if not wanted:
        return []
    pattern = re.compile(re.escape(wanted), 0 if wanted != wanted.lower() else re.IGNORECASE)
    return [
        ((row, match.start()), (row, match.end())) for row, line in enumerate(lines) for match in pattern.finditer(line)
    ]


def find(lines: Sequence[str], wanted: str, at: Location, *, backwards: bool = False) -> Found | None:
    """The first place of ``wanted`` at or after ``at``, or the last before it; beyond the end it goes on at the other.

    None where there is no such place.
    """
    places = find_all(lines, wanted)
    if not places:
        return None
    if backwards:
        index = next((i for i in reversed(range(len(places))) if places[i][0] < at), len(places) - 1)
    else:
        index = next((i for i in range(len(places)) if places[i][0] >= at), 0)
    return Found(*places[index], index + 1, len(places))

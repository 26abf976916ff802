"""Lessons and explanations as they are read on a screen."""

from __future__ import annotations

import re

from tutor.app.wrapping import is_wide

_FENCE = re.compile(r"^\s{0,3}(```|~~~)")
_BLOCK = re.compile(r"^(\s*([-*+>#|]|\d+[.)])|\s{4,}|\s*$)")


def join_wrapped(markdown: str) -> str:
    """``markdown`` with the lines of a Japanese paragraph joined.

    A single line break inside a paragraph is shown as a space, which Japanese does not put between words: where two
    wide characters meet at a line break, the lines become one. Everything else (code, lists, headings, tables) stays.
    """
    lines: list[str] = []
    fenced = False
    for line in markdown.split("\n"):
        if _FENCE.match(line):
            fenced = not fenced
        elif (
            not fenced
            and lines
            and lines[-1]
            and not lines[-1].endswith("  ")
            and not _FENCE.match(lines[-1])
            and not lines[-1].lstrip().startswith(("#", "|", "    "))
            and not _BLOCK.match(line)
            and is_wide(lines[-1][-1])
            and is_wide(line[0])
        ):
            lines[-1] += line
            continue
        lines.append(line)
    return "\n".join(lines)

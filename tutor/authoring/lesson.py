"""Whether a lesson gives the answer away.

A lesson shows an example that is *not* the answer, in the same style: so two are compared by what they do, not by their
letters. What the stub holds is no secret, and what says little (one call, a name passed on) may be alike by chance.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator
from typing import NamedTuple

from tutor.authoring import sources

SAYS_MUCH = 3
"""Operations from which on a whole statement of the answer counts as given away, whatever its names."""
SAYS_VERY_MUCH = 4
"""The same for a part of a statement."""
TELLING_LENGTH = 26
"""Characters, without spaces, from which on a statement counts that is the same letter by letter."""

_FENCE = re.compile(r"^(?P<fence>`{3,}|~{3,})[^\n]*\n(?P<code>.*?)^(?P=fence)[ \t]*$", re.MULTILINE | re.DOTALL)
_INDENTED = re.compile(r"(?:^(?: {4}|\t)[^\n]*\n?|^[ \t]*\n)+", re.MULTILINE)
_SPAN = re.compile(r"`([^`\n]+)`")


class GivenAway(NamedTuple):
    """A piece of the answer that stands in a lesson."""

    line: int
    """Of the lesson."""
    text: str
    """As the answer has it."""


def given_away(lesson: str, answer: str, stub: str) -> list[GivenAway]:
    """The pieces of ``answer``, beyond those of ``stub``, that the code in ``lesson`` holds."""
    answer_tree, stub_tree = sources.parse(answer), sources.parse(stub)
    if answer_tree is None:
        return []
    known = set() if stub_tree is None else {piece.shape for piece in sources.pieces(stub_tree)}
    known |= set() if stub_tree is None else {part.shape for part in sources.expressions(stub_tree, SAYS_MUCH)}
    secret = [piece for piece in sources.pieces(answer_tree) if piece.shape not in known]
    whole = {piece.shape: piece for piece in secret if piece.operations >= SAYS_MUCH}
    parts = {part.shape: part for part in sources.expressions(answer_tree, SAYS_VERY_MUCH) if part.shape not in known}
    letters = {_squeezed(piece.text): piece for piece in secret if len(_squeezed(piece.text)) >= TELLING_LENGTH}
    found: dict[str, GivenAway] = {}
    for line, tree in code_in(lesson):
        for shown in sources.expressions(tree, 1):
            match = letters.get(_squeezed(shown.text)) or parts.get(shown.shape) or whole.get(shown.shape)
            if match is not None:
                found.setdefault(match.text, GivenAway(line + shown.line - 1, match.text))
    inside = [given for given in found.values() if any(_holds(other.text, given.text) for other in found.values())]
    return [given for given in found.values() if given not in inside]


def code_in(markdown: str) -> Iterator[tuple[int, ast.Module]]:
    """What is Python in ``markdown``, with its first line: blocks, fenced or indented, and spans within a line."""
    rest = markdown
    for pattern, group in ((_FENCE, "code"), (_INDENTED, 0), (_SPAN, 1)):
        for match in pattern.finditer(rest):
            first = markdown.count("\n", 0, match.start(group)) + 1
            yield from _parsed(match[group], first)
        # What has been read is blanked out, so that the place of the rest stays the same.
        rest = pattern.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), rest)


def _parsed(code: str, line: int) -> Iterator[tuple[int, ast.Module]]:
    """The whole block, or else those of its lines that are Python by themselves."""
    tree = sources.parse(textwrap.dedent(code))
    if tree is not None:
        yield line, tree
        return
    for offset, row in enumerate(code.splitlines()):
        tree = sources.parse(row.strip().removesuffix(":"))
        if tree is not None:
            yield line + offset, tree


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _holds(larger: str, smaller: str) -> bool:
    return smaller in larger and smaller != larger

"""Lines: what laying out a page comes to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rich.cells import cell_len

from tutor.pages.blocks import Span, Spans, plain
from tutor.pages.wrapping import breaks

UNBROKEN = 24
"""Characters up to which code within a line is not broken at its spaces."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page."""

    spans: Spans = ()
    lead: Spans = ()
    """Indentation and marks before it; never part of what is copied."""
    mark: str = ""
    """What stands for ``lead`` in what is copied: ``* ``, ``1. ``."""
    joint: str = "\n"
    """What parts it from the line before in what is copied: nothing or a space inside a paragraph."""
    fill: str = ""
    """What it is a part of, where that is seen across the whole width: ``code``."""
    filled: int = 0
    """How many spans of ``lead``, counted from its end, belong to that."""
    code: int = -1
    """The number of the program that it belongs to."""
    block: int = 0
    """The number of the block of the page that it belongs to."""

    @property
    def text(self) -> str:
        return plain(self.spans)

    @property
    def shown(self) -> str:
        """All that is seen of it."""
        return plain(self.lead) + self.text


def cells(spans: Sequence[Span]) -> int:
    return sum(cell_len(span.text) for span in spans)


def moved(lines: Sequence[Line], first: Span, rest: Span, mark: str = "") -> Iterator[Line]:
    """``lines`` further to the right: after ``first`` the first one, after ``rest`` the others."""
    for number, line in enumerate(lines):
        yield replace(
            line, lead=(rest if number else first, *line.lead), mark=line.mark if number else f"{mark}{line.mark}"
        )


def paragraph(spans: Sequence[Span], width: int, look: str = "") -> list[Line]:
    """``spans`` on lines of at most ``width`` cells."""
    lines: list[Line] = []
    for row in _at_breaks(spans):
        text = plain(row)
        ends = [*breaks(text, max(width, 4), glued=_glued(row)), len(text)]
        start, joint = 0, "\n"
        for end in ends:
            shown = text[start:end].rstrip()
            lines.append(Line(_dressed(cut(row, start, start + len(shown)), look), joint=joint))
            joint = text[start + len(shown) : end][:1]
            start = end
    return lines or [Line()]


def cut(spans: Sequence[Span], start: int, end: int) -> Spans:
    """The characters of ``spans`` from ``start`` to ``end``."""
    found: list[Span] = []
    at = 0
    for span in spans:
        text = span.text[max(start - at, 0) : max(end - at, 0)]
        if text:
            found.append(Span(text, span.look))
        at += len(span.text)
    return tuple(found)


def _dressed(spans: Spans, look: str) -> Spans:
    return tuple(Span(span.text, f"{look} {span.look}".strip()) for span in spans) if look else spans


def _at_breaks(spans: Sequence[Span]) -> Iterator[Spans]:
    """``spans`` cut where the author wants a new line."""
    row: list[Span] = []
    for span in spans:
        first, *others = span.text.split("\n")
        if first:
            row.append(Span(first, span.look))
        for other in others:
            yield tuple(row)
            row = [Span(other, span.look)] if other else []
    if row:
        yield tuple(row)


def _glued(spans: Sequence[Span]) -> frozenset[int]:
    """Where ``spans`` must not be broken although there is a space: in short pieces of code, and in equations except
    before an operator."""
    found: set[int] = set()
    at = 0
    for span in spans:
        end = at + len(span.text)
        looks = span.look.split()
        if "code" in looks and len(span.text) <= UNBROKEN:
            found.update(range(at + 1, end))
        elif "math" in looks:
            text = span.text
            found.update(at + n for n in range(1, len(text)) if text[n - 1] == " " and text[n] not in "=≈≤≥<>∼→+−±·×")
        at = end
    return frozenset(found)

"""Blocks laid out as lines of a given width."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from rich.cells import cell_len

from tutor.pages.blocks import (
    Block,
    Code,
    Display,
    Equation,
    Heading,
    Items,
    Notes,
    Paragraph,
    Quote,
    Rule,
    Span,
    Spans,
    Table,
    read,
)
from tutor.pages.colouring import coloured
from tutor.pages.equations import broken, drawn, linear
from tutor.pages.lines import Line, cut, moved, paragraph
from tutor.pages.tables import table
from tutor.pages.tex import TexError
from tutor.pages.wrapping import breaks


@dataclass(frozen=True, slots=True)
class Signs:
    """What marks the parts of a page, apart from their looks."""

    bullets: tuple[str, ...]
    quote: str
    rule: str
    heading: str
    """Before a heading, once for each level."""
    tick: str
    """Around code within a line."""
    wrapped: str
    """Before what goes on from the line above; empty where code is not folded."""
    flat: bool
    """Whether equations are written on lines instead of drawn."""


SCREEN = Signs(("•", "◦", "▪"), "│ ", "─", "", "", "↪ ", flat=False)
"""For who sees it."""
PRINTED = replace(SCREEN, wrapped="")
"""For a terminal that is printed to: code is folded by the terminal itself, so that it can be copied."""
PLAIN = Signs(("*", "-", "+"), "> ", "-", "#", "`", "", flat=True)
"""For pipes, screen readers and terminals that show nothing but letters: no drawing, and code as it is."""


def laid_out(blocks: Sequence[Block], width: int, signs: Signs = SCREEN) -> list[Line]:
    """The lines of a page. None is wider than ``width`` cells, except code where ``signs`` do not fold it."""
    return _Layout(signs).page(blocks, max(width, 10))


def warm() -> None:
    """Import all that a page may need, so that the first one does not wait for it."""
    laid_out(read("```python\nx\n```\n\n$x$\n\n```math\nx\n```"), 40)


class _Layout:
    def __init__(self, signs: Signs) -> None:
        self.signs = signs
        self.programs = 0

    def page(self, blocks: Sequence[Block], width: int) -> list[Line]:
        lines: list[Line] = []
        for number, block in enumerate(blocks):
            if number:
                lines.append(Line(block=number - 1))
            lines.extend(replace(line, block=number) for line in self.block(block, width, 0))
        return lines

    def blocks(self, blocks: Sequence[Block], width: int, depth: int, *, loose: bool = True) -> Iterator[Line]:
        for number, block in enumerate(blocks):
            if number and (loose or not isinstance(block, Items | Paragraph)):
                yield Line()
            yield from self.block(block, width, depth)

    def block(self, block: Block, width: int, depth: int) -> Iterator[Line]:
        match block:
            case Heading(level, spans):
                hashes = f"{self.signs.heading * level} " if self.signs.heading else ""
                lines = paragraph(self.ticked(spans), width - len(hashes), f"heading{min(level, 3)}")
                yield from moved(lines, Span(hashes), Span(" " * len(hashes)), mark=hashes) if hashes else lines
            case Paragraph(spans):
                yield from paragraph(self.ticked(spans), width)
            case Code():
                yield from self.code(block, width)
            case Equation(tex):
                yield from self.equation(tex, width)
            case Display(text):
                yield from self.set_apart([part for line in text.split("\n") for part in _fitting(line, width)], width)
            case Items():
                yield from self.items(block, width, depth)
            case Quote(blocks):
                sign = Span(self.signs.quote, "mark")
                yield from moved(list(self.blocks(blocks, width - 2, depth)), sign, sign)
            case Table():
                yield from table(self.ticked_table(block), width, self.signs.rule)
            case Rule():
                yield Line((Span(self.signs.rule * (3 if self.signs.flat else width), "mark"),))
            case Notes(notes):
                for number, note in enumerate(notes):
                    mark = f"[{number + 1}] "
                    lines = list(self.blocks(note, width - len(mark), depth))
                    yield from moved(lines, Span(mark, "dim"), Span(" " * len(mark)), mark=mark)

    def ticked(self, spans: Spans) -> Spans:
        if not self.signs.tick:
            return spans
        return tuple(
            Span(f"{self.signs.tick}{span.text}{self.signs.tick}", span.look) if "code" in span.look.split() else span
            for span in spans
        )

    def ticked_table(self, block: Table) -> Table:
        return Table(
            tuple(map(self.ticked, block.header)),
            tuple(tuple(map(self.ticked, row)) for row in block.rows),
            block.aligned,
        )

    def items(self, block: Items, width: int, depth: int) -> Iterator[Line]:
        last = (block.start or 1) + len(block.items) - 1
        room = len(f"{last}. ") if block.start is not None else 2
        for number, item in enumerate(block.items):
            if number and block.loose:
                yield Line()
            if block.start is None:
                sign = f"{self.signs.bullets[min(depth, len(self.signs.bullets) - 1)]} "
                mark = "* "
            else:
                mark = f"{block.start + number}. "
                sign = mark.rjust(room)
            lines = list(self.blocks(item, width - room, depth + 1, loose=block.loose)) or [Line()]
            yield from moved(lines, Span(sign, "mark"), Span(" " * room), mark=mark)

    def code(self, block: Code, width: int) -> Iterator[Line]:
        number, self.programs = self.programs, self.programs + 1
        indent = "    " if self.signs.flat else "  "
        for spans in coloured(block.text, block.language):
            text = "".join(span.text for span in spans)
            starts = [0, *(self.folds(text, width - len(indent) - 1) if self.signs.wrapped else ()), len(text)]
            hanging = " " * min(len(text) - len(text.lstrip()), width // 3)
            for first, (start, end) in enumerate(pairwise(starts)):
                lead = (Span(indent),) if not first else (Span(indent), Span(f"{hanging}{self.signs.wrapped}", "dim"))
                joint = "" if first else "\n"
                yield Line(cut(spans, start, end), lead, joint=joint, fill="code", filled=len(lead), code=number)

    def folds(self, text: str, width: int) -> list[int]:
        """Where a line of code that is too long goes on below."""
        if cell_len(text) <= width:
            return []
        indent = len(text) - len(text.lstrip())
        room = width - min(indent, width // 3) - len(self.signs.wrapped)
        first = [indent + at for at in breaks(text[indent:], max(width - indent, 8))][:1]
        if not first:
            return []
        return [first[0], *(first[0] + at for at in breaks(text[first[0] :], max(room, 8)))]

    def equation(self, tex: str, width: int) -> Iterator[Line]:
        try:
            lines = _linear(tex) if self.signs.flat else _drawn(tex, width - _indent(width))
        except TexError:  # the author's words are better than nothing; `pack check` has said so to the author
            lines = tuple(tex.split("\n"))
        if self.signs.flat:
            lines = tuple(part for line in lines for part in _fitting(line, width))
        yield from self.set_apart(lines, width)

    def set_apart(self, lines: Sequence[str], width: int) -> Iterator[Line]:
        lead = Span(" " * _indent(width))
        for line in lines:
            yield Line((Span(line, "equation"),) if line else (), (lead,))


def _indent(width: int) -> int:
    return 4 if width > 50 else 2


def _fitting(line: str, width: int) -> Iterator[str]:
    """``line`` as it is if it fits; otherwise cut at wide gaps, then before operators."""
    room = width - _indent(width)
    if cell_len(line) <= room:
        yield line
        return
    for part in line.split("   "):
        if part.strip():
            yield from broken(part.strip(), room)


@lru_cache(512)
def _drawn(tex: str, width: int) -> tuple[str, ...]:
    return tuple(drawn(tex, width))


@lru_cache(512)
def _linear(tex: str) -> tuple[str, ...]:
    return tuple(linear(tex))

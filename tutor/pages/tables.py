"""Tables that fit: columns share the width fairly; where that leaves too little, each row becomes a record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from tutor.pages.blocks import Span, Spans, Table, plain
from tutor.pages.lines import Line, cells, moved, paragraph
from tutor.pages.wrapping import pieces

GAP = 2
"""Cells between two columns."""
NARROW = 12
"""Cells that a column keeps when it has more than that to say."""


def table(block: Table, width: int, rule: str) -> Iterator[Line]:
    """``block`` on lines of at most ``width`` cells, with a line of ``rule`` below its header."""
    rows = [block.header, *block.rows]
    columns = len(block.header)
    shares = shared([_needs(row[number] for row in rows) for number in range(columns)], width - GAP * (columns - 1))
    if shares is None:
        yield from _records(block, width)
        return
    laid = [[paragraph(cell, share) for cell, share in zip(row, shares, strict=True)] for row in rows]
    folded = any(len(cell) > 1 for row in laid[1:] for cell in row)
    for number, row in enumerate(laid):
        if folded and number > 1:
            yield Line()
        yield from _row(row, shares, block.aligned, "bold" if number == 0 else "")
        if number == 0:
            yield Line((Span((" " * GAP).join(rule * share for share in shares), "mark"),))


def shared(needs: Sequence[tuple[int, int]], room: int) -> list[int] | None:
    """Cells for each column, given the least and the most that it can use; None where the least is too much."""
    if sum(least for least, _most in needs) > room:
        return None
    shares = [least for least, _most in needs]
    while (left := room - sum(shares)) > 0:
        hungry = [number for number, (_least, most) in enumerate(needs) if shares[number] < most]
        if not hungry:
            break
        # The smallest ones grow first, so that in the end all who want more have the same.
        smallest = min(shares[number] for number in hungry)
        low = [number for number in hungry if shares[number] == smallest]
        above = [shares[number] for number in hungry if shares[number] > smallest]
        goal = min([needs[number][1] for number in low] + above)
        step = min(goal - smallest, max(left // len(low), 1))
        for number in low[: max(left // step, 1)]:
            shares[number] += step
    return shares


def _needs(column: Iterator[Spans]) -> tuple[int, int]:
    least = most = 1
    for cell in column:
        text = plain(cell)
        whole = max((cell_len(line) for line in text.split("\n")), default=0)
        longest = max((cell_len(text[start:end].rstrip()) for start, end in pieces(text)), default=0)
        most = max(most, whole)
        least = max(least, longest, min(whole, NARROW))
    return least, most


def _row(row: Sequence[Sequence[Line]], shares: Sequence[int], aligned: Sequence[str], look: str) -> Iterator[Line]:
    for y in range(max(map(len, row))):
        spans: list[Span] = []
        for number, (cell, share, align) in enumerate(zip(row, shares, aligned, strict=True)):
            text = cell[y].spans if y < len(cell) else ()
            room = share - cells(text)
            left = {"left": 0, "center": room // 2, "right": room}.get(align, 0)
            spans.append(Span(" " * left))
            spans.extend(Span(span.text, f"{look} {span.look}".strip()) for span in text)
            if number + 1 < len(shares):
                spans.append(Span(" " * (room - left + GAP)))
        yield Line(tuple(span for span in spans if span.text))


def _records(block: Table, width: int) -> Iterator[Line]:
    """Each row as lines "column: value"."""
    for number, row in enumerate(block.rows):
        if number:
            yield Line()
        for place, (name, cell) in enumerate(zip(block.header, row, strict=True)):
            named = (*(Span(span.text, f"bold {span.look}".strip()) for span in name), Span(": ", "bold"), *cell)
            indent = "  " if place else ""
            yield from moved(paragraph(named, width - 4), Span(indent), Span("    "))

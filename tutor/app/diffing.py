"""Two texts beside each other, or one below the other where there is no room. Plain data; knows nothing of textual."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Literal, NamedTuple

from rich.cells import cell_len, chop_cells

Look = Literal["same", "removed", "added", "removed-part", "added-part", "number", "gap"]
Piece = tuple[str, Look]
BESIDE = 100
"""Cells from which the texts stand beside each other: code needs half of that."""
ALIKE = 0.5
"""Beyond this ratio two lines are taken for one that was changed, and only what changed in it stands out."""
MOST_PAIRS = 2_500
"""Of lines that are looked at for whether one became the other; a larger stretch is new altogether."""
_WORDS = re.compile(r"\w+|\s+|[^\w\s]")


class Side(NamedTuple):
    """A line of one of the texts."""

    number: int
    """From 1."""
    pieces: tuple[Piece, ...]


class Row(NamedTuple):
    """What stands at the same height."""

    left: Side | None
    right: Side | None

    @property
    def same(self) -> bool:
        return self.left is not None and all(look == "same" for _text, look in self.left.pieces)


def compare(left: str, right: str) -> list[Row]:
    """The lines of both texts, equal ones at the same height, changed ones with what changed in them."""
    old, new = left.expandtabs(4).splitlines(), right.expandtabs(4).splitlines()
    rows: list[Row] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pairs = zip(range(a, b), range(c, d), strict=True)
            rows += [Row(_whole(i, old, "same"), _whole(j, new, "same")) for i, j in pairs]
        else:
            rows += _changed(old, new, range(a, b), range(c, d))
    return rows


def _whole(index: int, lines: Sequence[str], look: Look) -> Side:
    return Side(index + 1, ((lines[index], look),))


def _changed(old: Sequence[str], new: Sequence[str], removed: range, added: range) -> Iterator[Row]:
    """Lines that were changed face what they became; between them, what is gone faces what is new."""
    best = _most_alike(old, new, removed, added)
    if best is None:
        for i, j in zip_longest(removed, added):
            yield Row(
                _whole(i, old, "removed") if i is not None else None, _whole(j, new, "added") if j is not None else None
            )
        return
    i, j = best
    yield from _changed(old, new, range(removed.start, i), range(added.start, j))
    yield _pair(i, j, old, new)
    yield from _changed(old, new, range(i + 1, removed.stop), range(j + 1, added.stop))


def _most_alike(old: Sequence[str], new: Sequence[str], removed: range, added: range) -> tuple[int, int] | None:
    best: tuple[int, int] | None = None
    if len(removed) * len(added) > MOST_PAIRS:
        return best
    most = ALIKE
    matcher: SequenceMatcher[str] = SequenceMatcher(None, autojunk=False)
    for j in added:
        matcher.set_seq2(new[j])
        for i in removed:
            if not old[i].strip():
                continue
            matcher.set_seq1(old[i])
            # The quick ones are never smaller.
            if matcher.real_quick_ratio() > most and matcher.quick_ratio() > most and matcher.ratio() > most:
                most, best = matcher.ratio(), (i, j)
    return best


def _pair(i: int, j: int, old: Sequence[str], new: Sequence[str]) -> Row:
    left: list[Piece] = []
    right: list[Piece] = []
    before, after = _WORDS.findall(old[i]), _WORDS.findall(new[j])  # letter by letter would find likeness everywhere
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        same = tag == "equal"
        left += [("".join(before[a:b]), "removed" if same else "removed-part")] if b > a else []
        right += [("".join(after[c:d]), "added" if same else "added-part")] if d > c else []
    return Row(Side(i + 1, tuple(left)), Side(j + 1, tuple(right)))


def beside(rows: Sequence[Row], width: int) -> Iterator[list[Piece]]:
    """Lines of ``width`` cells: the one text to the left, the other to the right, long lines folded."""
    digits = _digits(rows)
    half = (width - 3) // 2
    for row in rows:
        left = _folded(row.left, half, digits, "-" if not row.same else " ")
        right = _folded(row.right, half, digits, "+" if not row.same else " ")
        blank: list[Piece] = [(" " * half, "gap")]
        for at in range(max(len(left), len(right))):
            one = left[at] if at < len(left) else blank
            other = right[at] if at < len(right) else blank
            yield [*one, (" │ ", "number"), *other]


def below(rows: Sequence[Row], width: int) -> Iterator[list[Piece]]:
    """Lines of ``width`` cells: what is removed above what is added, long lines folded."""
    digits = _digits(rows)
    added: list[list[Piece]] = []
    for row in rows:
        if row.same:
            yield from added
            added = []
            yield from _folded(row.left, width, digits, " ")
        else:
            yield from _folded(row.left, width, digits, "-")
            added += _folded(row.right, width, digits, "+")
    yield from added


def _digits(rows: Sequence[Row]) -> int:
    return len(str(max((side.number for row in rows for side in row if side is not None), default=1)))


def _folded(side: Side | None, width: int, digits: int, mark: str) -> list[list[Piece]]:
    """The line with its number and ``mark``, in as many lines of exactly ``width`` cells as it takes."""
    if side is None:
        return []
    look: Look = {"-": "removed", "+": "added"}.get(mark, "same")  # type: ignore[assignment]
    room = max(4, width - digits - 3)
    lines: list[list[Piece]] = [[]]
    used = 0
    for text, piece_look in side.pieces:
        for part in _chopped(text, room - used, room):
            if used + cell_len(part) > room:
                lines.append([])
                used = 0
            lines[-1].append((part, piece_look))
            used += cell_len(part)
    drawn: list[list[Piece]] = []
    for at, pieces in enumerate(lines):
        number = str(side.number) if at == 0 else ""
        filled = sum(cell_len(text) for text, _look in pieces)
        drawn.append([(f"{number:>{digits}} ", "number"), (f"{mark} ", look), *pieces, (" " * (room - filled), look)])
    return drawn


def _chopped(text: str, first: int, room: int) -> Iterator[str]:
    """``text`` in parts, the first of at most ``first`` cells, the others of at most ``room``."""
    if cell_len(text) <= first:
        yield text
        return
    used = 0
    for end, character in enumerate(text):
        used += cell_len(character)
        if used > first:
            if end:
                yield text[:end]
            yield from chop_cells(text[end:], room)
            return

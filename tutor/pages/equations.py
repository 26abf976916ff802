r"""Equations in characters: on one line (``in_line``, ``linear``), and drawn in two dimensions (``drawn``).

On one line ``\frac{a + b}{c}`` is ``(a + b) / c``: that is what is read aloud, copied and piped. Brackets are added
wherever the meaning would change without them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from rich.cells import cell_len

from tutor.pages.tex import Fence, Fraction, Grid, Node, Root, Row, Script, Symbol, TexError, parse
from tutor.pages.tex_symbols import LIMITED, LOWER, UPPER
from tutor.pages.wrapping import breaks

_SIGN = re.compile(r" *([=≠<>≤≥∈∼∪∩+−,|→←]) *")
TIGHT = frozenset("/|‖.!:′")
SIGNS = frozenset("−+±∓∂∇¬∀∃√")
"""What belongs to the thing after it."""
CONTINUED = 4
"""Cells by which the second line of an equation is moved to the right."""


def in_line(tex: str) -> str:
    """``tex`` as a stretch of text; as it stands where it is not understood."""
    try:
        return "; ".join(linear(tex))
    except TexError:
        return tex


def linear(tex: str) -> list[str]:
    """The lines of ``tex``, each as one line of text.

    Raises:
        TexError: for what is not understood.
    """
    found = []
    for row in parse(tex):
        for line in _rows(row):
            found.append(line_of(line))
    return found


def drawn(tex: str, width: int) -> list[str]:
    """``tex`` in two dimensions, at most ``width`` cells wide.

    What is wider is broken before a relation or an operation; where that is not enough, it is written on lines.

    Raises:
        TexError: for what is not understood.
    """
    from tutor.pages.boxes import box_of, side_by_side

    found: list[str] = []
    for row in parse(tex):
        whole = box_of(row)
        if whole.width <= width:
            found.extend(whole.lines)
            continue
        for line in (part for whole_line in _rows(row) for part in _at_gaps(whole_line)):
            whole = box_of(line)
            if whole.width <= width:
                found.extend(whole.lines)
                continue
            boxes = [box_of(part) for part in _terms(line)]
            if any(box.width > width - CONTINUED for box in boxes):
                found.extend(broken(line_of(line), width))
                continue
            pending = [boxes[0]]
            indent = 0
            for box in boxes[1:]:
                if sum(b.width + 1 for b in pending) + box.width > width - indent:
                    found.extend(" " * indent + text for text in side_by_side(pending, 1).lines)
                    pending, indent = [], CONTINUED
                pending.append(box)
            found.extend(" " * indent + text for text in side_by_side(pending, 1).lines)
    return [line.rstrip() for line in found]


def broken(line: str, width: int) -> list[str]:
    """One line of an equation on lines of at most ``width`` cells: before an operation or relation, or at a space."""
    if cell_len(line) <= width:
        return [line]
    starts = {at for at in range(1, len(line)) if line[at - 1] == " " and _is_operator(line, at)}
    narrow = max(width - CONTINUED, 1)
    glued = frozenset(range(1, len(line))) - starts
    if any(cell_len(line[a:b].rstrip()) > narrow for a, b in pairwise([0, *sorted(starts), len(line)])):
        glued = frozenset()
    first = breaks(line, width, glued=glued)
    if not first:
        return [line]
    rest = line[first[0] :]
    ends = [0, *breaks(rest, narrow, glued=frozenset(at - first[0] for at in glued)), len(rest)]
    return [line[: first[0]].rstrip(), *(" " * CONTINUED + rest[a:b].rstrip() for a, b in pairwise(ends))]


def _is_operator(line: str, at: int) -> bool:
    """Whether an operation or relation with spaces around it begins at ``at``."""
    return at + 1 < len(line) and line[at + 1] == " " and line[at] in "=≈≤≥≠<>∼≡∝→←↦⇒∈+−±·×⊙∗"


def line_of(node: Node) -> str:
    """``node`` on one line."""
    match node:
        case Symbol(text):
            return text
        case Row(parts):
            return "".join(_joined(parts))
        case Fraction(above, below):
            over = _grouped(above, line_of(above), _is_sum(above))
            under = _grouped(below, line_of(below), _is_sum(below) or len(_factors(below)) > 1)
            return f"{over}/{under}" if len(over) + len(under) < 7 or " " not in over + under else f"{over} / {under}"
        case Root(body, index):
            mark = "√" if index is None else {"3": "∛", "4": "∜"}.get(line_of(index), raised(line_of(index)) + "√")
            return f"{mark}{_grouped(body, line_of(body), len(body.parts) != 1 or not _is_atom(body.parts[0]))}"
        case Script(base, below, above):
            text = line_of(base)
            if isinstance(base, Row) and len(base.parts) > 1:
                text = f"({text})"
            if below is not None:
                text += lowered(below) or f"_{_bracketed(line_of(below))}"
            return text if above is None else text + raised(line_of(above))
        case Fence(left, body, right):
            return f"{left}{line_of(body)}{right}"
        case Grid(rows, left, right):
            cells = ", ".join if node.aligned != "a" else " ".join
            right = right or ("}" if left == "{" else "")  # cases: on one line they need an end
            return f"{left}{'; '.join(cells([line_of(cell) for cell in row]) for row in rows)}{right}"


def raised(text: str) -> str:
    """``text`` as a superscript."""
    small = small_letters(text, UPPER)
    return small if small is not None else f"^{text if _is_name(text) else _bracketed(text)}"


def lowered(below: Row) -> str | None:
    """``below`` as a subscript that stands on the line: small letters, or a name after a low line; None for more."""
    text = line_of(below)
    small = small_letters(text, LOWER) if not _is_word(below) else None
    return small if small is not None else f"_{text}" if _is_name(text) else None


def _bracketed(text: str) -> str:
    text = tight(text)
    return text if text.startswith("(") and text.find(")") == len(text) - 1 else f"({text})"


def tight(text: str) -> str:
    """``text`` as it is set above and below other things: without spaces around its signs."""
    return _SIGN.sub(r"\1", text)


def _is_name(text: str) -> bool:
    return cell_len(text) == 1 or (text.isascii() and text.replace("_", "").isalnum())


def _is_word(row: Row) -> bool:
    """Whether it is a name of two letters or more, which small letters would make hard to read."""
    if len(row.parts) == 1 and isinstance(row.parts[0], Symbol):
        return len(row.parts[0].text) > 1 and row.parts[0].text.isalpha()
    return len(row.parts) > 2 and all(isinstance(part, Symbol) and part.text.isalpha() for part in row.parts)


def small_letters(text: str, alphabet: dict[str, str]) -> str | None:
    """``text`` in the raised or lowered ``alphabet``; None if that lacks a letter, or it would be too long to read."""
    bare = text.replace(" ", "")
    if not bare or len(bare) > 5 or any(sign not in alphabet for sign in bare):
        return None
    return "".join(alphabet[sign] for sign in bare)


def gap(left: Node, right: Node) -> int:
    """Spaces between two neighbours: one where they would run into each other, or where it helps the eye."""
    before, after = _kind(left), _kind(right)
    if "space" in (before, after) or after == "comma":
        return 0
    if before in ("binary", "relation", "comma") or after in ("binary", "relation"):
        return 1
    last, first = _base(left), _base(right)
    if (isinstance(last, Symbol) and last.text[-1:] == " ") or (isinstance(first, Symbol) and first.text[:1] == " "):
        return 0
    if isinstance(last, Symbol) and (last.text in TIGHT or (last.text in SIGNS and last is left)):
        return 0
    if isinstance(first, Symbol) and first.text in TIGHT:
        return 0
    if isinstance(first, Fence) and before != "big":
        return int(isinstance(last, Fraction | Grid | Root))
    if isinstance(last, Symbol) and last.text[0].isdigit() and after == "ordinary" and not isinstance(first, Fraction):
        return 0
    if isinstance(left, Symbol) and isinstance(right, Symbol) and before == after == "ordinary":
        return int(cell_len(left.text) > 1 or cell_len(right.text) > 1)
    return 1


def _kind(node: Node) -> str:
    base = _base(node)
    return base.kind if isinstance(base, Symbol) else "ordinary"


def _base(node: Node) -> Node:
    return _base(node.base) if isinstance(node, Script) else node


def has_limits(node: Node) -> bool:
    """Whether its scripts stand above and below it."""
    return isinstance(node, Symbol) and (node.kind == "big" or node.text in LIMITED)


def _joined(parts: Sequence[Node]) -> Iterator[str]:
    for number, part in enumerate(parts):
        text = line_of(part)
        left = parts[number - 1] if number else None
        right = parts[number + 1] if number + 1 < len(parts) else None
        if isinstance(part, Fraction) and (
            (left is not None and (_kind(left) == "function" or isinstance(left, Fraction)))
            or (right is not None and _is_factor(right))
        ):
            text = f"({text})"
        if left is not None:
            yield " " * gap(left, part if not text.startswith("(") else Fence("(", Row(()), ")"))
        yield text


def _is_factor(node: Node) -> bool:
    """Whether it multiplies what stands before it."""
    return _kind(node) in ("ordinary", "function", "big") and not (isinstance(node, Symbol) and node.text in TIGHT)


def _is_sum(row: Row) -> bool:
    kinds = [_kind(part) for part in row.parts]
    # A function with brackets is a thing of its own; without them it takes in all that follows.
    bare = [
        kind == "function" and number + 1 < len(kinds) and not isinstance(row.parts[number + 1], Fence)
        for number, kind in enumerate(kinds)
    ]
    return len(kinds) > 1 and (any(bare) or not {"binary", "relation", "big"}.isdisjoint(kinds))


def _factors(row: Row) -> list[Node]:
    """What is multiplied in ``row``: a sign or a function counts with what follows it."""
    return [
        part
        for number, part in enumerate(row.parts)
        if not (number + 1 < len(row.parts) and (_kind(part) == "function" or _is_sign(part)))
    ]


def _is_sign(node: Node) -> bool:
    return isinstance(node, Symbol) and node.text in SIGNS


def _is_atom(node: Node) -> bool:
    return isinstance(node, Symbol) or (
        isinstance(node, Script) and isinstance(node.base, Symbol) and not set("^_(") & set(line_of(node))
    )


def _grouped(row: Row, text: str, needed: bool) -> str:
    """``text`` in brackets where ``needed``, unless it has some."""
    if not needed or (len(row.parts) == 1 and isinstance(row.parts[0], Fence)):
        return text
    return f"({text})"


def _rows(row: Row) -> list[Row]:
    """The lines in ``row``: several where it is a set of aligned equations."""
    if len(row.parts) == 1 and isinstance(row.parts[0], Grid) and row.parts[0].left == row.parts[0].right == "":
        return [Row(tuple(part for cell in cells for part in cell.parts)) for cells in row.parts[0].rows]
    return [row]


def _at_gaps(row: Row) -> list[Row]:
    r"""``row`` cut at its wide gaps (``\quad``)."""
    parts: list[list[Node]] = [[]]
    for part in row.parts:
        if isinstance(part, Symbol) and part.kind == "space" and len(part.text) > 1:
            parts.append([])
        else:
            parts[-1].append(part)
    return [Row(tuple(nodes)) for nodes in parts if nodes]


def _terms(row: Row) -> list[Row]:
    """``row`` cut before each relation and operation."""
    terms: list[list[Node]] = [[]]
    for part in row.parts:
        if _kind(part) in ("relation", "binary") and terms[-1]:
            terms.append([])
        terms[-1].append(part)
    return [Row(tuple(term)) for term in terms]

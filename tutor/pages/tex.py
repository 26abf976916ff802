"""LaTeX's mathematics, read into a tree: the part of it that lessons need.

What is not understood is an error that names it, never something left out: a wrong equation is worse than none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from tutor.locale import _
from tutor.pages import tex_symbols as symbols

Kind = Literal["ordinary", "function", "binary", "relation", "open", "close", "comma", "big", "space"]


class TexError(ValueError):
    """The text says what cannot be read, and where."""


@dataclass(frozen=True, slots=True)
class Symbol:
    text: str
    kind: Kind = "ordinary"


@dataclass(frozen=True, slots=True)
class Row:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Fraction:
    above: Row
    below: Row


@dataclass(frozen=True, slots=True)
class Root:
    body: Row
    index: Row | None


@dataclass(frozen=True, slots=True)
class Script:
    base: Node
    below: Row | None
    above: Row | None


@dataclass(frozen=True, slots=True)
class Fence:
    """Brackets, as tall as what they hold."""

    left: str
    body: Row
    right: str


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of cells: a matrix, cases, aligned equations."""

    rows: tuple[tuple[Row, ...], ...]
    left: str
    right: str
    aligned: str
    """For each column l, c or r; the last one counts for the columns after it. ``a`` for equations aligned at &."""


Node = Symbol | Row | Fraction | Root | Script | Fence | Grid

_TOKEN = re.compile(r"\\(?:[A-Za-z]+|.)|[A-Za-z]|\d+(?:[.,]\d+)*|\s+|.", re.DOTALL)
_GRIDS = {
    "matrix": ("", "", "c"),
    "pmatrix": ("(", ")", "c"),
    "bmatrix": ("[", "]", "c"),
    "vmatrix": ("|", "|", "c"),
    "cases": ("{", "", "l"),
    "aligned": ("", "", "a"),
    "align": ("", "", "a"),
    "align*": ("", "", "a"),
    "gathered": ("", "", "l"),
    "split": ("", "", "a"),
}


def parse(tex: str) -> tuple[Row, ...]:
    r"""The lines of ``tex``: those that ``\\`` parts, where it is not inside something.

    Raises:
        TexError: for what is not understood.
    """
    reader = _Reader(tex)
    lines = [reader.row(("\\\\",))]
    while reader.take_if("\\\\"):
        lines.append(reader.row(("\\\\",)))
    if reader.at < len(reader.tokens):
        raise reader.error(reader.tokens[reader.at])
    return tuple(line for line in lines if line.parts)


class _Reader:
    def __init__(self, tex: str) -> None:
        self.words: list[str] = _TOKEN.findall(tex)
        self.tokens = [word for word in self.words if not word.isspace()]
        self.at = 0

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self) -> str:
        if self.at == len(self.tokens):
            raise TexError(_("the equation ends too early"))
        self.at += 1
        return self.tokens[self.at - 1]

    def take_if(self, token: str) -> bool:
        if self.peek() != token:
            return False
        self.at += 1
        return True

    def error(self, token: str) -> TexError:
        return TexError(_("the equation holds {token}, which is not understood here").format(token=token))

    def expect(self, token: str) -> None:
        if (found := self.take()) != token:
            words = _("the equation should go on with {expected}, and goes on with {found}")
            raise TexError(words.format(expected=token, found=found))

    def row(self, ends: tuple[str, ...]) -> Row:
        """Everything up to one of ``ends``, which is not taken, or up to what closes something around it."""
        parts: list[Node] = []
        while (token := self.peek()) and token not in ends and token not in ("}", "\\right", "\\end", "&"):
            if token == "\\\\":
                break
            node = self.scripted(parts)
            if node is not None:
                parts.append(node)
        return Row(tuple(_bracketed(_told_apart(parts))))

    def scripted(self, before: list[Node]) -> Node | None:
        """The next node, with what stands above and below it."""
        alone = self.peek() in ("_", "^", "'")
        node = self.node() if not alone else before.pop() if before else Row(())
        below: Row | None = None
        above: list[Node] = []
        while self.peek() in ("_", "^", "'") or (self.peek() in ("\\limits", "\\nolimits") and self.take()):
            mark = self.take()
            if mark == "'":
                above.append(Symbol("′"))
            elif mark == "^":
                above.extend(self.argument().parts)
            elif below is None:
                below = self.argument()
            else:
                raise TexError(_("the equation has two subscripts in one place"))
        if node is None or (below is None and not above):
            return node
        return Script(node, below, Row(tuple(above)) if above else None)

    def argument(self) -> Row:
        if self.take_if("{"):
            row = self.row(())
            self.expect("}")
            return row
        token = self.peek()
        if token.isdigit() and len(token) > 1:  # x^10 raises the 1 alone
            self.tokens[self.at : self.at + 1] = [token[0], token[1:]]
        node = self.node()
        return Row(() if node is None else (node,))

    def text(self) -> str:
        """A group taken as it is written, spaces included."""
        self.expect("{")
        # The tokens without spaces and those with them run side by side: find where we are in the latter.
        seen, word = 0, 0
        while seen < self.at:
            seen += not self.words[word].isspace()
            word += 1
        depth, text = 1, ""
        while True:
            if word == len(self.words):
                raise TexError(_("the equation ends too early"))
            piece = self.words[word]
            word += 1
            if not piece.isspace():
                self.take()
            depth += (piece == "{") - (piece == "}")
            if depth == 0:
                return text
            text += piece[1:] if piece in ("\\_", "\\&", "\\%", "\\#", "\\ ") else " " if piece.isspace() else piece

    def node(self) -> Node | None:
        token = self.take()
        if token == "{":
            self.at -= 1
            return self.argument()
        if not token.startswith("\\"):
            return self.character(token)
        name = token[1:]
        for table, kind in _TABLES:
            if name in table:
                return Symbol(table[name], kind)
        if name in symbols.SPACES:
            return Symbol(" " * symbols.SPACES[name], "space")
        if name in symbols.IGNORED:
            return None
        if name in symbols.FUNCTIONS:
            return Symbol(name, "function")
        return self.command(token, name)

    def character(self, token: str) -> Node:
        if token in "+-*":
            return Symbol({"+": "+", "-": "−", "*": "∗"}[token], "binary")
        if token in "=<>:→←∼≈≤≥≠∈∝":
            return Symbol(token, "relation")
        if token in "·×÷±⊙":
            return Symbol(token, "binary")
        if token in ",;":
            return Symbol(token, "comma")
        if token in "([":
            return Symbol(token, "open")
        if token in ")]":
            return Symbol(token, "close")
        if token == "~":
            return Symbol(" ", "space")
        if token in "}&_^$#%":
            raise self.error(token)
        return Symbol(token)

    def command(self, token: str, name: str) -> Node:
        if name in ("frac", "dfrac", "tfrac"):
            return Fraction(self.argument(), self.argument())
        if name == "sqrt":
            index = None
            if self.take_if("["):
                index = self.row(("]",))
                self.expect("]")
            return Root(self.argument(), index)
        if name == "binom":
            return Grid(((self.argument(),), (self.argument(),)), "(", ")", "c")
        if name in symbols.UPRIGHT:
            self.take_if("*")
            text = self.text()
            return Symbol(text, "function" if name in ("operatorname", "mathrm") and text.isalpha() else "ordinary")
        if name in symbols.LETTERS:
            return self.argument()
        if name in symbols.ACCENTS:
            return _accented(self.argument(), symbols.ACCENTS[name], name)
        if name == "left":
            left = self.delimiter()
            body = self.row(())
            self.expect("\\right")
            return Fence(left, body, self.delimiter())
        if name in ("underset", "overset", "stackrel"):
            mark, base = self.argument(), self.argument()
            return Script(_limited(base), mark, None) if name == "underset" else Script(_limited(base), None, mark)
        if name == "begin":
            return self.grid()
        raise self.error(token)

    def delimiter(self) -> str:
        token = self.take()
        name = token.removeprefix("\\")
        if token == ".":
            return ""
        if token == "|":
            return "|"
        for table in (symbols.OPENING, symbols.CLOSING, symbols.EITHER):
            if name in table:
                return table[name]
        raise self.error(token)

    def grid(self) -> Grid:
        name = self.text()
        if name not in _GRIDS:
            raise self.error(f"\\begin{{{name}}}")
        rows: list[tuple[Row, ...]] = []
        while self.peek() != "\\end":
            cells = [self.row(("&", "\\\\"))]
            while self.take_if("&"):
                cells.append(self.row(("&", "\\\\")))
            rows.append(tuple(cells))
            if not self.take_if("\\\\"):
                break
        self.expect("\\end")
        if (ended := self.text()) != name:
            raise self.error(f"\\end{{{ended}}}")
        return Grid(tuple(rows), *_GRIDS[name])


_TABLES: tuple[tuple[dict[str, str], Kind], ...] = (
    (symbols.ORDINARY, "ordinary"),
    (symbols.BINARY, "binary"),
    (symbols.RELATIONS, "relation"),
    (symbols.BIG, "big"),
    (symbols.OPENING, "open"),
    (symbols.CLOSING, "close"),
    (symbols.EITHER, "ordinary"),
)


def _accented(body: Row, mark: str, name: str) -> Node:
    """``body`` with ``mark`` over it; where it is no single letter, the name of the accent as a function."""
    if len(body.parts) == 1 and isinstance(body.parts[0], Symbol) and len(body.parts[0].text) == 1:
        return Symbol(body.parts[0].text + mark)
    if len(body.parts) == 1 and isinstance(body.parts[0], Script):  # \hat{x_t} is \hat{x}_t
        script = body.parts[0]
        return Script(_accented(Row((script.base,)), mark, name), script.below, script.above)
    return Row((Symbol(name.removeprefix("wide"), "function"), Fence("(", body, ")")))


def _limited(base: Row) -> Node:
    """``base`` as something that has its scripts above and below."""
    return Symbol("".join(part.text for part in base.parts if isinstance(part, Symbol)), "big")


def _told_apart(parts: list[Node]) -> list[Node]:
    """The same, where a sign that has nothing before it is no operation: −x."""
    found: list[Node] = []
    for part in parts:
        if isinstance(part, Symbol) and part.kind == "binary":
            before = next((p for p in reversed(found) if not (isinstance(p, Symbol) and p.kind == "space")), None)
            alone = before is None or (
                isinstance(before, Symbol) and before.kind in ("binary", "relation", "open", "comma", "big", "function")
            )
            found.append(Symbol(part.text) if alone else part)
        else:
            found.append(part)
    return found


def _bracketed(parts: list[Node]) -> list[Node]:
    """The same, where brackets that belong together hold what is between them."""
    stack: list[tuple[str, list[Node]]] = [("", [])]
    for part in parts:
        if isinstance(part, Symbol) and part.kind == "open":
            stack.append((part.text, []))
            continue
        script = part if isinstance(part, Script) else None
        base = script.base if script is not None else part
        if not (isinstance(base, Symbol) and base.kind == "close" and len(stack) > 1):
            stack[-1][1].append(part)
            continue
        left, inside = stack.pop()
        whole = Fence(left, Row(tuple(inside)), base.text)
        stack[-1][1].append(whole if script is None else Script(whole, script.below, script.above))
    while len(stack) > 1:  # what was never closed is an ordinary character
        left, inside = stack.pop()
        stack[-1][1].extend([Symbol(left), *inside])
    return stack[0][1]

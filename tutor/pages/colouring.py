"""Programs taken apart for colouring, by pygments."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from tutor.pages.blocks import Span, Spans

if TYPE_CHECKING:
    from pygments.lexer import Lexer

LOOKS = (
    ("Token.Comment", "comment"),
    ("Token.Keyword.Constant", "constant"),
    ("Token.Keyword", "keyword"),
    ("Token.Operator.Word", "keyword"),
    ("Token.Literal.String", "string"),
    ("Token.Literal.Number", "number"),
    ("Token.Name.Function", "function"),
    ("Token.Name.Class", "class"),
    ("Token.Name.Builtin", "builtin"),
    ("Token.Name.Exception", "builtin"),
    ("Token.Name.Decorator", "decorator"),
)
"""Kinds of token, the first that fits counts, and the look that they have."""


def coloured(text: str, language: str) -> list[Spans]:
    """The lines of ``text``; as they are where pygments does not know the ``language``."""
    lexer = _lexer(language)
    if lexer is None:
        return [(Span(line),) if line else () for line in text.split("\n")]
    lines: list[list[Span]] = [[]]
    for kind, value in lexer.get_tokens(text):
        look = _look(str(kind))
        for number, piece in enumerate(value.split("\n")):
            if number:
                lines.append([])
            if piece:
                lines[-1].append(Span(piece, look))
    return [tuple(line) for line in lines][: text.count("\n") + 1]


@cache
def _lexer(language: str) -> Lexer | None:
    options = {"stripnl": False, "ensurenl": False}
    if language in ("python", "py"):
        from pygments.lexers.python import PythonLexer  # by name: the index of all lexers takes longer to read

        return PythonLexer(**options)
    if not language or language == "text":
        return None
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(language, **options)
    except ClassNotFound:
        return None


@cache
def _look(kind: str) -> str:
    return next((look for token, look in LOOKS if kind == token or kind.startswith(f"{token}.")), "")

"""Python text reduced to what it does: so that two pieces can be compared whatever their names, layout and comments.

The unit is a piece: the value of a simple statement (what is returned, assigned or called), or the head of a compound
one. Its shape is its syntax tree with local names numbered in the order in which they come.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_KEPT_NAMES = frozenset({"torch", "nn", "F", "np", "math", "self", "cls"})
_OPERATIONS = (
    ast.Call,
    ast.BinOp,
    ast.UnaryOp,
    ast.BoolOp,
    ast.Compare,
    ast.Subscript,
    ast.IfExp,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
)


class Piece(NamedTuple):
    """Something that a program does."""

    line: int
    text: str
    shape: str
    operations: int
    """Calls, operators, subscripts and comprehensions in it: how much it says."""


def parse(text: str) -> ast.Module | None:
    """The syntax tree of ``text``; None where it is no Python."""
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def pieces(tree: ast.AST) -> Iterator[Piece]:
    """What ``tree`` does, statement by statement, inside functions and classes too; no imports, no docstrings."""
    for part in _parts(getattr(tree, "body", [])):
        yield piece(part)


def expressions(tree: ast.AST, least: int) -> Iterator[Piece]:
    """Every expression in ``tree``, part of another or not, that has ``least`` operations or more."""
    for part in _parts(getattr(tree, "body", [])):
        for node in ast.walk(part):
            if isinstance(node, ast.expr):
                found = piece(node)
                if found.operations >= least:
                    yield found


def piece(node: ast.AST) -> Piece:
    """One piece."""
    operations = sum(isinstance(part, _OPERATIONS) for part in ast.walk(node))
    return Piece(getattr(node, "lineno", 0), ast.unparse(node), shape([node]), operations)


def shape(nodes: Iterable[ast.AST]) -> str:
    """The syntax trees of ``nodes`` with names numbered; annotations and docstrings are left out.

    What is called by a plain name keeps it, and so do the usual modules: they say what is done.
    """
    names: dict[str, str] = {}

    def renamed(name: str) -> str:
        return name if name in _KEPT_NAMES else names.setdefault(name, f"v{len(names)}")

    def dump(value: object) -> str:
        if isinstance(value, ast.Name):
            return renamed(value.id)
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
            return f"Call({value.func.id},{dump(value.args)},{dump(value.keywords)})"
        if isinstance(value, ast.arg):
            return renamed(value.arg)
        if isinstance(value, ast.AnnAssign):
            return f"Assign({dump(value.target)},{dump(value.value)})"
        if isinstance(value, ast.Constant):
            return repr(value.value)
        if isinstance(value, ast.AST):
            fields = [
                dump(item)
                for field, item in ast.iter_fields(value)
                if field not in ("ctx", "returns", "annotation", "type_comment", "kind", "type_params", "name")
            ]
            return f"{type(value).__name__}({','.join(fields)})"
        if isinstance(value, list):
            return "[" + ",".join(dump(item) for item in _without_docstring(value)) + "]"
        return repr(value)

    return "".join(dump(node) for node in nodes)


def body_shape(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda) -> str:
    """The shape of what a function or class does, whatever it and its parameters are called."""
    return shape([ast.Return(node.body)] if isinstance(node, ast.Lambda) else _without_docstring(node.body))


def definitions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Every function and class in ``tree``, nested ones and methods too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node


def _without_docstring(body: list[ast.AST] | list[ast.stmt]) -> list[ast.AST]:
    """``body`` without texts that stand alone, which do nothing."""
    return [
        node
        for node in body
        if not (
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        )
    ]


def _parts(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    for node in _without_docstring(list(body)):
        match node:
            case ast.Import() | ast.ImportFrom() | ast.Pass() | ast.Raise() | ast.Global() | ast.Nonlocal():
                continue
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield from _parts(node.body)
            case ast.Return(value=value) | ast.Assign(value=value) | ast.AnnAssign(value=value):
                if value is not None:
                    yield value
            case ast.Expr(value=value):
                yield value
            case ast.If(test=head) | ast.While(test=head) | ast.For(iter=head) | ast.AsyncFor(iter=head):
                yield head
                yield from _parts([*node.body, *node.orelse])
            case ast.With() | ast.AsyncWith():
                yield from (item.context_expr for item in node.items)
                yield from _parts(node.body)
            case ast.Try():
                handled = [part for handler in node.handlers for part in handler.body]
                yield from _parts([*node.body, *handled, *node.orelse, *node.finalbody])
            case ast.Match(subject=subject):
                yield subject
                yield from _parts(part for case in node.cases for part in case.body)
            case _:
                yield node

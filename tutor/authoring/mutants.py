"""Mutants of a right answer: the same program with one small change. A grader worth its name fails them.

The ordinary operators are mutmut's (``mutmut.mutation.mutators``: a table of functions on libcst nodes), those of the
field are in ``operators``; and each name is also taken for another one of its function. What cannot change anything is
not mutated: imports, annotations, docstrings. Two mutants that compile to the same code are one, and one that compiles
to the answer's code is none.
"""

from __future__ import annotations

import ast
import difflib
import io
import tokenize
import warnings
from collections.abc import Callable, Iterable, Iterator
from types import CodeType
from typing import Any

import libcst as cst
import msgspec
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators

from tutor.authoring.operators import FIELD

_Replacer = Callable[[Any], Iterable[cst.CSTNode]]


class Mutant(msgspec.Struct, frozen=True):
    """A right answer with one small change."""

    source: str
    line: int
    """Where the change is, from 1."""
    change: str
    """The changed lines: ``before -> after``, without indentation and comments. So an author names it in
    ``exercise.toml``."""
    diff: str
    """As a unified diff without context."""


def mutants_of(source: str, name: str = "solution.py") -> list[Mutant]:
    """Every mutant of ``source`` that differs from it and from the others, in the order of the lines.

    Raises:
        ValueError: ``source`` is no Python.
    """
    try:
        wrapper = MetadataWrapper(cst.parse_module(source))
    except cst.ParserSyntaxError as error:
        raise ValueError(str(error)) from error
    finder = _Finder()
    wrapper.visit(finder)
    seen = {_compiled(source)}
    found = []
    for line, old, new in finder.found:
        text = _replaced(wrapper.module, old, new)
        code = _compiled(text) if text is not None else None
        if text is None or code is None or code in seen:
            continue
        seen.add(code)
        found.append(Mutant(text, line, _change(source, text), _diff(source, text, name)))
    return sorted(found, key=lambda mutant: mutant.line)


class _Finder(cst.CSTVisitor):
    """Collects every change that an operator proposes: the line, the node and what may stand in its place."""

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[int, cst.CSTNode, cst.CSTNode]] = []
        self._guards: list[cst.Arg] = []
        self._names: list[dict[str, None]] = [{}]
        """For each function that is being looked at: its names so far, in order."""

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.Import | cst.ImportFrom | cst.Annotation | cst.Decorator) or _is_text_alone(node):
            return False
        guard = _strict(node)
        if guard is not None:
            self._guards.append(guard)
        if any(node is guard for guard in self._guards):
            return False
        if isinstance(node, cst.AssignTarget) and isinstance(node.target, cst.Name):
            return False
        if isinstance(node, cst.FunctionDef):
            self._names.append({})
        for replace in (*_operators(node), self._another_name):
            try:
                proposals = list(replace(node))
                if guard is not None:
                    proposals = [new for new in proposals if (kept := _strict(new)) and kept.deep_equals(guard)]
            except Exception:  # an operator that does not know a construction proposes nothing for it
                continue
            position = self.get_metadata(PositionProvider, node, None)
            line = position.start.line if position is not None else 0
            self.found += [(line, node, proposal) for proposal in proposals]
        return True

    def _another_name(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """Every other name that the function has by now."""
        if isinstance(node, cst.Name) and node.value in self._names[-1]:
            for other in self._names[-1]:
                if other != node.value:
                    yield node.with_changes(value=other)

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if isinstance(original_node, cst.FunctionDef):
            self._names.pop()
        elif isinstance(original_node, cst.Param | cst.AssignTarget):
            target = original_node.name if isinstance(original_node, cst.Param) else original_node.target
            if isinstance(target, cst.Name) and target.value not in ("self", "cls"):
                self._names[-1][target.value] = None


def _operators(node: cst.CSTNode) -> Iterator[_Replacer]:
    for kind, operator in mutation_operators:
        if isinstance(node, kind):
            yield operator
    yield from FIELD


def _strict(node: cst.CSTNode) -> cst.Arg | None:
    """``strict=…`` of a ``zip``: it guards against a slip and decides nothing about values, so it is left alone."""
    if not isinstance(node, cst.Call) or not isinstance(node.func, cst.Name) or node.func.value != "zip":
        return None
    return next((arg for arg in node.args if arg.keyword is not None and arg.keyword.value == "strict"), None)


def _is_text_alone(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Expr) and isinstance(node.value, cst.SimpleString | cst.ConcatenatedString)


def _replaced(module: cst.Module, old: cst.CSTNode, new: cst.CSTNode) -> str | None:
    try:
        changed = module.deep_replace(old, new)
        return changed.code if isinstance(changed, cst.Module) else None
    except (cst.CSTValidationError, TypeError, AttributeError):  # no such thing may stand there
        return None


def _compiled(source: str) -> CodeType | None:
    """What ``source`` compiles to, wherever it stands: equal for texts that do the same step by step."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "is" with a literal, and the like
            tree = _Bare().visit(ast.parse(source))
            for node in ast.walk(tree):
                if "lineno" in node._attributes:
                    node.lineno = node.end_lineno = 1  # type: ignore[attr-defined]
                    node.col_offset = node.end_col_offset = 0  # type: ignore[attr-defined]
            return compile(tree, "mutant", "exec")
    except (SyntaxError, ValueError, RecursionError):
        return None


class _Bare(ast.NodeTransformer):
    """Without annotations and docstrings."""

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            return ast.Pass()
        return self.generic_visit(node)


def _change(before: str, after: str) -> str:
    old, new = _changed_lines(before, after)
    return f"{' / '.join(old)} -> {' / '.join(new)}"


def _changed_lines(before: str, after: str) -> tuple[list[str], list[str]]:
    old, new = _without_comments(before).splitlines(), _without_comments(after).splitlines()
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    gone, come = [], []
    for tag, first, last, begin, end in matcher.get_opcodes():
        if tag != "equal":
            gone += [line.strip() for line in old[first:last]]
            come += [line.strip() for line in new[begin:end]]
    return gone, come


def _without_comments(text: str) -> str:
    lines = text.splitlines()
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                line, column = token.start
                lines[line - 1] = lines[line - 1][:column].rstrip()
    except (tokenize.TokenError, IndentationError):
        return text
    return "\n".join(lines)


def _diff(before: str, after: str, name: str) -> str:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), name, "mutant", n=0, lineterm="")
    return "\n".join(lines)

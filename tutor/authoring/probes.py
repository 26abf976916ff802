"""What travels with a probe into the box, where the submission could read it.

cloudpickle carries a probe by value, and with it every function, class and value of the grader that it names, and what
those name in turn. None of that may hold the answer: no code of a right answer, and no value that was computed when the
grader was imported, which may be what the test expects. Found by reading the grader, without running it.
"""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tutor.authoring import sources

MOST_NUMBERS = 16
"""Numbers that one constant may hold: more look like a table of expected values."""
_MAKERS = frozenset(
    {"namedtuple", "NamedTuple", "TypeVar", "tuple", "list", "dict", "set", "frozenset", "range", "int", "float", "str"}
    | {"partial", "compile", "Path", "object"}
)
"""Calls that make a plain value of plain values."""


class Flaw(NamedTuple):
    """Something that must not travel."""

    line: int
    name: str
    kind: str
    """``answer``: it is code of a right answer. ``computed``: a value made at import. ``numbers``: many numbers."""
    text: str
    """The code, where that is what is wrong with it."""


class Travels(NamedTuple):
    """What the probes of a grader take along."""

    names: dict[str, tuple[str, ...]]
    """For each probe the names of the grader that travel with it, sorted; imported modules are named, not carried."""
    flaws: tuple[Flaw, ...]


def what_travels(grader: str, answers: Sequence[str], stub: str) -> Travels:
    """What the probes in ``grader`` take along, and what of that must not be seen by a submission.

    Args:
        grader: the grader's source.
        answers: sources of right answers, whose code must not travel, except for
        stub: what the stub holds as well.
    """
    tree = sources.parse(grader)
    if tree is None:
        return Travels({}, ())
    module = _Module(tree, symtable.symtable(grader, "grader", "exec"))
    names = {probe: module.reached_from(probe) for probe in module.probes}
    secrets = _Secrets(answers, stub)
    flaws: list[Flaw] = []
    for name in sorted({*names, *(name for reached in names.values() for name in reached)}):
        found = list(_flaws(name, module.nodes[name], secrets))
        flaws += found or (_own_code(name, module.nodes[name], secrets) if name in names else ())
    return Travels({probe: tuple(sorted(reached)) for probe, reached in names.items()}, tuple(flaws))


class _Module:
    """The names that a grader defines, and which of them each one uses."""

    def __init__(self, tree: ast.Module, table: symtable.SymbolTable) -> None:
        self.nodes: dict[str, ast.stmt] = {}
        self.probes: list[str] = []
        self._uses: dict[str, set[str]] = {}
        imported: set[str] = set()
        for node in _top_level(tree.body):
            for name in _defined(node):
                self.nodes[name] = node
                self._uses.setdefault(name, set()).update(_names_used(node, table))
                if _is_probe(node) and name not in self.probes:
                    self.probes.append(name)
            if isinstance(node, ast.Import | ast.ImportFrom):
                imported.update(_defined(node))
        for name in imported:
            self.nodes.pop(name, None)

    def reached_from(self, name: str) -> set[str]:
        """What is used by ``name``, or by what it uses, and so on; without itself."""
        found: set[str] = set()
        waiting = [name]
        while waiting:
            new = {used for used in self._uses[waiting.pop()] if used in self.nodes} - found
            found |= new
            waiting += new
        return found - {name}


class _Secrets:
    """The shapes of code that is the answer."""

    def __init__(self, answers: Sequence[str], stub: str) -> None:
        known = sources.parse(stub)
        shown = set() if known is None else {part.shape for part in sources.expressions(known, 1)}
        self.bodies: set[str] = set()
        self.parts: set[str] = set()
        self.statements: set[str] = set()
        self.letters: set[str] = set()
        for answer in answers:
            tree = sources.parse(answer)
            if tree is not None:
                self.bodies |= {sources.body_shape(node) for node in sources.definitions(tree) if _says_something(node)}
                self.parts |= {part.shape for part in sources.expressions(tree, 5)} - shown
                own = [piece for piece in sources.pieces(tree) if piece.shape not in shown and _is_telling(piece)]
                self.statements |= {piece.shape for piece in own if piece.operations >= 3}
                self.letters |= {piece.text for piece in own}
        if known is not None:
            self.bodies -= {sources.body_shape(node) for node in sources.definitions(known)}


def _flaws(name: str, node: ast.stmt, secrets: _Secrets) -> Iterator[Flaw]:
    if isinstance(node, ast.Assign | ast.AnnAssign):
        value = node.value
        if isinstance(value, ast.Lambda) or value is None or _is_probe(node):
            pass
        elif not _is_plain(value):
            yield Flaw(node.lineno, name, "computed", ast.unparse(value))
        elif sum(isinstance(part, ast.Constant) and _is_number(part.value) for part in ast.walk(value)) > MOST_NUMBERS:
            yield Flaw(node.lineno, name, "numbers", "")
    for inner in (*sources.definitions(node), *(part for part in ast.walk(node) if isinstance(part, ast.Lambda))):
        if sources.body_shape(inner) in secrets.bodies:
            yield Flaw(inner.lineno, name, "answer", ast.unparse(inner))
            return
    for part in sources.expressions(ast.Module([node], []), 5):
        if part.shape in secrets.parts:
            yield Flaw(part.line, name, "answer", part.text)
            return


def _own_code(name: str, node: ast.stmt, secrets: _Secrets) -> Iterator[Flaw]:
    """Whole statements of an answer in a probe itself, which says so little that each one counts."""
    for part in sources.expressions(ast.Module([node], []), 2):
        if part.shape in secrets.statements or part.text in secrets.letters:
            yield Flaw(part.line, name, "answer", part.text)
            return


def _top_level(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that run when a module is imported, those under ``if``, ``try`` and ``with`` too."""
    for node in body:
        yield node
        for field in ("body", "orelse", "finalbody"):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                yield from _top_level(getattr(node, field, []))
        for handler in getattr(node, "handlers", []):
            yield from _top_level(handler.body)


def _defined(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in aliases)
        case ast.Assign() | ast.AnnAssign() | ast.AugAssign() | ast.For() | ast.With():
            for part in ast.walk(node):
                if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                    yield part.id


def _is_probe(node: ast.stmt) -> bool:
    """``@probe`` stands over it, or it is made by ``probe(…)``."""
    marks: list[ast.expr] = []
    if isinstance(node, ast.FunctionDef):
        marks = [mark.func if isinstance(mark, ast.Call) else mark for mark in node.decorator_list]
    elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
        marks = [node.value.func]
    return any((isinstance(m, ast.Name) and m.id == "probe") or _attribute(m) == "probe" for m in marks)


def _attribute(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else ""


def _names_used(node: ast.stmt, table: symtable.SymbolTable) -> set[str]:
    """The names of the module that ``node`` uses: in bodies those that Python itself takes for global."""
    found = set()
    outside: list[ast.AST] = [node]
    while outside:
        part = outside.pop()
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            # Defaults and annotations belong to the module. Decorators run there and do not travel.
            outside += [part.args]
            returns = getattr(part, "returns", None)
            outside += [returns] if returns is not None else []
            continue
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load):
            found.add(part.id)
        outside += ast.iter_child_nodes(part)
    last = max((part.lineno for part in ast.walk(node) if hasattr(part, "lineno")), default=node.lineno)
    first = min((part.lineno for part in ast.walk(node) if hasattr(part, "lineno")), default=node.lineno)
    for scope in table.get_children():
        if first <= scope.get_lineno() <= last:
            found |= _globals_of(scope)
    return found


def _globals_of(scope: symtable.SymbolTable) -> set[str]:
    found = {symbol.get_name() for symbol in scope.get_symbols() if symbol.is_global() and symbol.is_referenced()}
    for inner in scope.get_children():
        found |= _globals_of(inner)
    return found


def _is_plain(value: ast.expr) -> bool:
    """Built of constants and names alone: nothing is computed."""
    match value:
        case ast.Constant() | ast.Name() | ast.Attribute():
            return True
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
            return all(map(_is_plain, parts))
        case ast.Dict(keys=keys, values=values):
            return all(_is_plain(part) for part in (*keys, *values) if part is not None)
        case ast.UnaryOp(operand=operand):
            return _is_plain(operand)
        case ast.BinOp(left=left, right=right):
            return _is_plain(left) and _is_plain(right)
        case ast.Starred(value=inner):
            return _is_plain(inner)
        case ast.Call(func=func, args=args, keywords=keywords):
            name = func.id if isinstance(func, ast.Name) else _attribute(func)
            return name in _MAKERS and all(map(_is_plain, (*args, *(keyword.value for keyword in keywords))))
        case _:
            return False


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | complex) and not isinstance(value, bool)


def _is_telling(piece: sources.Piece) -> bool:
    """Whether a statement says how something is computed; ``loss.mean().backward()`` stands in any grader."""
    tree = sources.parse(piece.text)
    if piece.operations < 2 or tree is None:
        return False
    if any(isinstance(part, ast.Attribute) and part.attr == "backward" for part in ast.walk(tree)):
        return False
    return any(isinstance(part, ast.BinOp | ast.Compare) for part in ast.walk(tree))


def _says_something(node: ast.AST) -> bool:
    """More than what any class or function would hold: an empty ``__init__``, say."""
    return sum(piece.operations for piece in sources.pieces(node)) >= 3

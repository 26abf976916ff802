"""Small changes to a PyTorch program that ordinary mutation operators do not think of: the slips of this field.

An operator gets a node of libcst's tree and yields what may stand in its place, as those of mutmut do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import libcst as cst

Operator = Callable[[cst.CSTNode], Iterator[cst.CSTNode]]

_TWINS = (
    ("mean", "sum"),
    ("nanmean", "nansum"),
    ("amax", "amin"),
    ("max", "min"),
    ("maximum", "minimum"),
    ("argmax", "argmin"),
    ("cummax", "cummin"),
    ("std", "var"),
    ("exp", "log"),
    ("expm1", "exp"),
    ("log1p", "log"),
    ("sin", "cos"),
    ("sigmoid", "tanh"),
    ("softmax", "log_softmax"),
    ("zeros", "ones"),
    ("zeros_like", "ones_like"),
    ("rand", "randn"),
    ("rand_like", "randn_like"),
    ("floor", "ceil"),
    ("tril", "triu"),
    ("train", "eval"),
    ("square", "abs"),
    ("squeeze", "unsqueeze"),
    ("clamp_min", "clamp_max"),
    ("no_grad", "enable_grad"),
    ("inference_mode", "enable_grad"),
    ("BatchNorm1d", "LayerNorm"),
    ("relu", "sigmoid"),
)
"""Names of functions and methods that take each other's arguments and are taken for each other."""
_SMALL = 1e-3
"""A number up to this that is added or clamped with is there to keep something off zero."""
_MODULES = frozenset({"torch", "nn", "F", "np", "numpy", "math", "functional", "linalg", "self", "super"})
_CUTS = ("detach",)
_TRANSPOSED = frozenset({"T", "mT", "H", "mH", "real", "imag"})


def _twins() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for one, other in _TWINS:
        found[one] = (*found.get(one, ()), other)
        if (one, other) not in (("inference_mode", "enable_grad"), ("relu", "sigmoid"), ("BatchNorm1d", "LayerNorm")):
            found[other] = (*found.get(other, ()), one)
    return found


_TWIN = _twins()


def another_reduction(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """``mean`` for ``sum``, ``train`` for ``eval`` and the like; ``reduction="mean"`` for ``"sum"``."""
    if isinstance(node, cst.Attribute):
        for twin in _TWIN.get(node.attr.value, ()):
            yield node.with_changes(attr=cst.Name(twin))
    elif isinstance(node, cst.Arg) and node.keyword is not None and node.keyword.value == "reduction":
        said = node.value.evaluated_value if isinstance(node.value, cst.SimpleString) else None
        for other in ("mean", "sum", "none"):
            if isinstance(said, str) and other != said:
                yield node.with_changes(value=cst.SimpleString(repr(other)))


def another_dimension(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """``dim=0`` for ``dim=1``; no ``dim`` at all is left to the operator that drops arguments."""
    if isinstance(node, cst.Arg) and node.keyword is not None and node.keyword.value in ("dim", "axis"):
        number = _number(node.value)
        if isinstance(number, int):
            yield node.with_changes(value=_as_node(0 if number else 1))
            if number < 0:
                yield node.with_changes(value=_as_node(number - 1))


def another_estimate(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The biased variance for the unbiased one, and the other way round."""
    if isinstance(node, cst.Call) and _called(node) in ("var", "std", "var_mean", "std_mean"):
        given = {arg.keyword.value for arg in node.args if arg.keyword is not None}
        if not given & {"unbiased", "correction"}:
            yield node.with_changes(args=[*_separated(node.args), _keyword("correction", cst.Integer("0"))])


def without_epsilon(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """``x`` for ``x + eps``; 0 for an ``eps`` that is handed over."""
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Add | cst.Subtract):
        if _is_small(node.right):
            yield node.left
        if _is_small(node.left):
            yield node.right
    elif isinstance(node, cst.Arg) and _is_small(node.value):
        yield node.with_changes(value=cst.Float("0.0"))
    elif isinstance(node, cst.Assign | cst.Param):
        value = node.value if isinstance(node, cst.Assign) else node.default
        if value is not None and _is_small(value) and _number(value) is not None:
            field = {"value" if isinstance(node, cst.Assign) else "default": cst.Float("0.0")}
            yield node.with_changes(**field)


def smaller_number(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """One less for a whole number, twice as much for another one."""
    if isinstance(node, cst.Integer):
        yield _as_node(node.evaluated_value - 1)
    elif isinstance(node, cst.Float):
        yield cst.Float(repr(node.evaluated_value * 2))


def without_call(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """``x`` for ``x.detach()``, ``x.softmax(1)`` or ``torch.exp(x)``."""
    if not isinstance(node, cst.Call) or not isinstance(node.func, cst.Attribute):
        return
    if not _is_module(node.func.value):
        yield _bracketed(node.func.value)
    elif node.args and node.args[0].keyword is None and node.args[0].star == "":
        yield _bracketed(node.args[0].value)


def without_argument(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """``x.sum()`` for ``x.sum(dim=1)``; of several arguments the ordinary operators drop each."""
    if isinstance(node, cst.Call) and len(node.args) == 1 and node.args[0].keyword is not None:
        yield node.with_changes(args=[])


def without_transpose(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """``x`` for ``x.T``."""
    if isinstance(node, cst.Attribute) and node.attr.value in _TRANSPOSED and not _is_module(node.value):
        yield _bracketed(node.value)


def cut_graph(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """``return x.detach()`` for ``return x``; one part of a sum or a product detached."""
    if isinstance(node, cst.Return) and isinstance(node.value, cst.BaseExpression):
        if not isinstance(node.value, cst.Tuple | cst.Dict | cst.List | cst.Name | cst.SimpleString):
            yield node.with_changes(value=_detached(node.value))
    elif isinstance(node, cst.BinaryOperation):
        for side in ("left", "right"):
            part = getattr(node, side)
            if isinstance(part, cst.Call | cst.Name | cst.Subscript):
                yield node.with_changes(**{side: _detached(part)})


def one_side(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """``a`` and ``b`` for ``a + b``: a term or a factor forgotten."""
    if isinstance(node, cst.BinaryOperation):
        yield _bracketed(node.left)
        yield _bracketed(node.right)


def sides_swapped(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """``b - a`` for ``a - b``."""
    swappable = cst.Subtract | cst.Divide | cst.MatrixMultiply | cst.Power
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, swappable):
        yield node.with_changes(left=_bracketed(node.right), right=_bracketed(node.left))


def arguments_swapped(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """``f(b, a)`` for ``f(a, b)``: neighbours that are handed over by position; and the values of two keywords."""
    if not isinstance(node, cst.Call):
        return
    for index in range(len(node.args) - 1):
        first, second = node.args[index], node.args[index + 1]
        if first.star or second.star or (first.keyword is None) != (second.keyword is None):
            continue
        args = list(node.args)
        args[index] = first.with_changes(value=second.value)
        args[index + 1] = second.with_changes(value=first.value)
        yield node.with_changes(args=args)


def branch_taken(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """``if True`` and ``if False`` for ``if x``."""
    if isinstance(node, cst.If):
        yield node.with_changes(test=cst.Name("True"))
        yield node.with_changes(test=cst.Name("False"))


def comparison_turned(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """``>`` for ``<``."""
    turned: dict[type[cst.CSTNode], cst.BaseCompOp] = {
        cst.LessThan: cst.GreaterThan(),
        cst.GreaterThan: cst.LessThan(),
        cst.LessThanEqual: cst.GreaterThanEqual(),
        cst.GreaterThanEqual: cst.LessThanEqual(),
    }
    if isinstance(node, cst.ComparisonTarget) and type(node.operator) in turned:
        yield node.with_changes(operator=turned[type(node.operator)])


def without_statement(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """``pass`` for a statement: ``zero_grad`` forgotten, ``super().__init__()`` forgotten, a line forgotten."""
    if isinstance(node, cst.Expr | cst.AugAssign | cst.Assign | cst.AnnAssign):
        yield cst.Pass()


FIELD: Sequence[Operator] = (
    another_reduction,
    another_dimension,
    another_estimate,
    without_epsilon,
    smaller_number,
    without_call,
    without_argument,
    without_transpose,
    cut_graph,
    one_side,
    sides_swapped,
    arguments_swapped,
    branch_taken,
    comparison_turned,
    without_statement,
)
"""Every operator of the field."""


def _called(node: cst.Call) -> str:
    func = node.func
    return func.attr.value if isinstance(func, cst.Attribute) else func.value if isinstance(func, cst.Name) else ""


def _is_module(node: cst.BaseExpression) -> bool:
    """``torch``, ``torch.nn.functional``, ``super()`` and the like: not a tensor."""
    if isinstance(node, cst.Attribute):
        return _is_module(node.value) and not isinstance(node.value, cst.Call) and node.attr.value in _MODULES
    if isinstance(node, cst.Call):
        return isinstance(node.func, cst.Name) and node.func.value == "super"
    return isinstance(node, cst.Name) and node.value in _MODULES


def _is_small(node: cst.BaseExpression) -> bool:
    """An epsilon, by its size or by its name."""
    number = _number(node)
    if number is not None:
        return isinstance(number, float) and 0 < abs(number) <= _SMALL
    name = node.attr.value if isinstance(node, cst.Attribute) else node.value if isinstance(node, cst.Name) else ""
    return isinstance(name, str) and (name in ("tiny", "smallest_normal") or name.lower().startswith("eps"))


def _number(node: cst.CSTNode) -> int | float | None:
    if isinstance(node, cst.Integer | cst.Float):
        return node.evaluated_value
    if isinstance(node, cst.UnaryOperation) and isinstance(node.operator, cst.Minus):
        number = _number(node.expression)
        return None if number is None else -number
    return None


def _as_node(number: int) -> cst.BaseExpression:
    if number >= 0:
        return cst.Integer(str(number))
    return cst.UnaryOperation(cst.Minus(), cst.Integer(str(-number)), lpar=[cst.LeftParen()], rpar=[cst.RightParen()])


def _bracketed(node: cst.BaseExpression) -> cst.BaseExpression:
    """``node``, in brackets where it may need them in another place."""
    if node.lpar or isinstance(node, cst.Name | cst.Call | cst.Attribute | cst.Subscript | cst.Integer | cst.Float):
        return node
    return node.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])


def _detached(node: cst.BaseExpression) -> cst.BaseExpression:
    return cst.Call(cst.Attribute(_bracketed(node), cst.Name("detach")))


def _keyword(name: str, value: cst.BaseExpression) -> cst.Arg:
    equal = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    return cst.Arg(value, cst.Name(name), equal)


def _separated(args: Sequence[cst.Arg]) -> list[cst.Arg]:
    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    return [arg.with_changes(comma=comma) for arg in args]

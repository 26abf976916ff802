"""Expectations: compare what came with what was expected, and say both in the learner's language.

They run in the judge, on plain values. A failed one raises ``Mismatch``; the judge turns it into the requirement's
message. Sentences of a grader's own are given in each language: ``fail(en="…", ja="…")``.
"""

from __future__ import annotations

import math
import re
from typing import Any, NoReturn

import torch

from tutor.locale import _, current

# (rtol, atol): loose enough for another right formula or another order of summation, far below any mistake.
_TOLERANCE = {
    torch.float64: (1e-7, 1e-9),
    torch.complex128: (1e-7, 1e-9),
    torch.float32: (1e-4, 1e-6),
    torch.complex64: (1e-4, 1e-6),
    torch.float16: (1e-2, 1e-3),
    torch.bfloat16: (2e-2, 1e-2),
}

_WHOLE = frozenset({torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64})

_MOST_BITS = 256

_CODE = re.compile(r"[_.()\[\]{}=→#*/\"'\d]|(?:^|\s)[a-zA-Z](?:\s|$)")
"""Marks of a name or an expression of the learner's code: what holds one is not a phrase."""


class Mismatch(AssertionError):
    """What came is not what was expected.

    ``expected`` and ``came`` are short descriptions; ``largest_difference`` and ``at`` (its index) are set where two
    tensors of one shape differ. ``expected_value`` is the tensor (or the shape) itself, ``came_value`` what was
    compared with it.
    """

    def __init__(
        self,
        message: str,
        *,
        what: str = "",
        expected: str = "",
        came: str = "",
        largest_difference: float | None = None,
        at: tuple[int, ...] | None = None,
        expected_value: torch.Tensor | tuple[int, ...] | None = None,
        came_value: Any = None,
    ) -> None:
        super().__init__(message)
        self.what = what
        self.expected = expected
        self.came = came
        self.largest_difference = largest_difference
        self.at = at
        self.expected_value = expected_value
        self.came_value = came_value


def _name(what: str) -> str:
    """The usual words for a value, translated; anything else stands as it is (an identifier, for instance)."""
    known = {
        "value": _("the value"),
        "values": _("the values"),
        "loss": _("the loss"),
        "gradient": _("the gradient"),
        "output": _("the output"),
        "shape": _("the shape"),
        "parameters": _("the parameters"),
        "logits": _("the logits"),
        "": _("the value"),
    }
    return known.get(what, what)


def _first(what: str) -> str:
    """What a sentence about ``what`` begins with: words have a capital, a name of the code stays what it is."""
    sentence = _name(what)
    if current() == "ja":  # no capitals; and a space between Latin letters and what follows
        return f"{sentence} " if sentence[-1:].isascii() else sentence
    words = sentence != what or (" " in what and _CODE.search(what) is None)
    return sentence[:1].upper() + sentence[1:] if words else sentence


def _within(what: str) -> str:
    """``what`` in the middle of a sentence."""
    return _first(what) if current() == "ja" else _name(what)


def describe(value: Any) -> str:
    """A value in a few words: numbers as they are, tensors by shape, dtype and, where small, their values."""
    if isinstance(value, torch.Tensor):
        dtype = _dtype(value)
        if value.numel() == 0:
            return _("an empty tensor of shape {shape} ({dtype})").format(shape=tuple(value.shape), dtype=dtype)
        if value.dim() == 0:
            return f"{_number(value.item())} ({dtype})"
        if value.numel() <= 8:
            flat = value.detach().reshape(-1).tolist()
            shown = "[" + ", ".join(_number(v) for v in flat) + "]"
            return _("{values}, shape {shape} ({dtype})").format(values=shown, shape=tuple(value.shape), dtype=dtype)
        return _("a tensor of shape {shape} ({dtype})").format(shape=tuple(value.shape), dtype=dtype)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, int) and value.bit_length() > _MOST_BITS:
        # Python refuses to print the largest ones.
        return _("a whole number of {bits} bits").format(bits=value.bit_length())
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "…"


def _dtype(tensor: torch.Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")


def _number(value: Any, digits: int = 6) -> str:
    return f"{value:.{digits}g}" if isinstance(value, float) else str(value)


def _apart(expected: Any, came: Any) -> tuple[str, str]:
    """Both numbers with as many digits as it takes to tell them apart."""
    for digits in range(6, 18):
        texts = _number(expected, digits), _number(came, digits)
        if texts[0] != texts[1]:
            break
    return texts


def fail(*, en: str, ja: str, **fields: Any) -> NoReturn:
    """Fail the requirement with the grader's own sentence; ``fields`` fill its ``{…}``."""
    raise Mismatch((ja if current() == "ja" else en).format(**fields))


def expect(condition: bool, *, en: str, ja: str, **fields: Any) -> None:
    """Fail with the grader's own sentence unless ``condition`` is exactly True.

    Raises:
        TypeError: ``condition`` is no bool: the grader compared something else than it thought.
    """
    if not isinstance(condition, bool):
        raise TypeError(f"expect() takes a bool, not {type(condition).__name__}")
    if not condition:
        fail(en=en, ja=ja, **fields)


def expect_shape(came: Any, shape: tuple[int, ...], what: str = "output") -> None:
    """``came`` is a tensor of exactly ``shape``; nothing is broadcast."""
    tensor = _tensor(came, what, expected=_("a tensor of shape {shape}").format(shape=tuple(shape)))
    if tuple(tensor.shape) != tuple(shape):
        raise Mismatch(
            _("{what} should have shape {expected}, but it has shape {came}.").format(
                what=_first(what), expected=tuple(shape), came=tuple(tensor.shape)
            ),
            what=_name(what),
            expected=str(tuple(shape)),
            came=str(tuple(tensor.shape)),
            expected_value=tuple(shape),
            came_value=came,
        )


def expect_finite(came: Any, what: str = "value") -> None:
    """``came`` holds no NaN and no infinity."""
    tensor = _tensor(came, what, expected=_("finite numbers"))
    wide = _widened(tensor)
    if not bool(torch.isfinite(wide).all()):
        nan = int(torch.isnan(wide).sum())
        infinite = int(torch.isinf(wide).sum())
        message = _(
            "{what} should be finite, but it holds {nan} NaN and {infinite} infinite of {count} values."
        ).format(what=_first(what), nan=nan, infinite=infinite, count=tensor.numel())
        first = tuple(int(i) for i in (~torch.isfinite(wide)).nonzero()[0])
        if first:
            message += " " + _("The first stands at index {at}.").format(at=list(first))
        raise Mismatch(message, what=_name(what), expected=_("finite numbers"), came=describe(tensor), at=first or None)


def expect_close(
    came: Any,
    expected: torch.Tensor | float,
    what: str = "value",
    *,
    rtol: float | None = None,
    atol: float | None = None,
    check_dtype: bool = True,
) -> None:
    """``came`` is a tensor of ``expected``'s shape, dtype and values, within the tolerance of that dtype.

    Where ``expected`` is a plain number, ``came`` may be a number or a tensor of shape (): of a floating dtype where
    ``expected`` is a float, whole or floating where it is an int, bool too where it is a bool, and complex where, and
    only where, it is complex. The tolerance is that of its dtype; whole numbers are compared exactly. NaN is never
    close. Without ``check_dtype`` any real dtype will do, but no complex one where ``expected`` is real.
    """
    if not isinstance(expected, torch.Tensor):
        came, expected = _as_plain(came, expected, what)
    expected = expected.detach()
    tensor = _tensor(came, what, expected=describe(expected))
    expect_shape(came, tuple(expected.shape), what)
    if tensor.dtype != expected.dtype and (check_dtype or (tensor.is_complex() and not expected.is_complex())):
        raise _other_dtype(tensor, expected, what)
    if bool(torch.isfinite(_widened(expected)).all()):
        expect_finite(tensor, what)
    default_rtol, default_atol = _TOLERANCE.get(expected.dtype, (0.0, 0.0))
    rtol = default_rtol if rtol is None else rtol
    atol = default_atol if atol is None else atol
    if torch.allclose(tensor.to(expected.dtype), expected, rtol=rtol, atol=atol):
        return
    wide = torch.complex128 if expected.is_complex() else torch.float64
    difference = (tensor.to(wide) - expected.to(wide)).abs().nan_to_num(nan=math.inf)
    flat = int(difference.argmax())
    at = tuple(int(i) for i in torch.unravel_index(torch.tensor(flat), difference.shape)) if difference.dim() else None
    largest = float(difference.reshape(-1)[flat])
    if at is None:
        texts = _apart(expected.item(), tensor.item())
        described = f"{texts[0]} ({_dtype(expected)})", f"{texts[1]} ({_dtype(tensor)})"
        message = _("{what} should be {expected}, but it is {came}.").format(
            what=_first(what), expected=described[0], came=described[1]
        )
    else:
        described = describe(expected), describe(tensor)
        wanted, got = _apart(expected[at].item(), tensor[at].item())
        message = _(
            "There is a difference in {what}, the largest at index {at}: {expected} was expected and {came} came."
        ).format(what=_within(what), at=list(at), expected=wanted, came=got)
    raise Mismatch(
        message,
        what=_name(what),
        expected=described[0],
        came=described[1],
        largest_difference=largest,
        at=at,
        expected_value=expected,
        came_value=came,
    )


def expect_gradient(
    came: Any,
    expected: torch.Tensor,
    what: str = "gradient",
    *,
    rtol: float | None = None,
    atol: float | None = None,
) -> None:
    """Like ``expect_close``, for a gradient: None is said to be a cut graph, not a wrong type."""
    if came is None:
        raise Mismatch(
            _(
                "No gradient arrived (it is None). Something cuts the graph between the input and the result: "
                "detach(), item(), no_grad() or a new tensor made from numbers."
            ),
            what=_name(what),
            expected=describe(expected),
            came="None",
        )
    expect_close(came, expected, what, rtol=rtol, atol=atol)


def _as_plain(came: Any, expected: complex, what: str) -> tuple[Any, torch.Tensor]:
    """What is to be compared where a plain number is expected; the kind of number is not the submission's choice.

    Raises:
        Mismatch: ``came`` is of another kind, or a whole number too large to be compared.
    """
    if isinstance(expected, int) and expected.bit_length() > 63:
        expected = float(expected)
    wanted = torch.tensor(expected)
    if not isinstance(came, torch.Tensor):
        real, whole = not isinstance(expected, complex), isinstance(expected, int)
        if not isinstance(came, (int, float) if real else (int, float, complex)):
            return came, wanted
        if isinstance(came, bool) and not isinstance(expected, bool):
            return came, wanted
        try:
            came = torch.tensor(
                came,
                dtype=torch.int64 if whole and isinstance(came, int) else torch.float64 if real else torch.complex128,
            )
        except (ValueError, RuntimeError, OverflowError):
            # A whole number of any length is a value that a submission can return.
            return came, wanted
    dtype = came.dtype
    if not _fits(dtype, expected):
        raise _other_dtype(came, wanted, what)
    if not (dtype.is_floating_point or dtype.is_complex):
        return came.detach().to(torch.int64), wanted.to(torch.int64)
    wide = torch.tensor(expected, dtype=torch.complex128 if dtype.is_complex else torch.float64)
    narrow = wide.to(dtype)
    # A number that the dtype cannot hold is not to become an infinity, to which another would be equal.
    return (came, narrow) if bool(torch.isfinite(narrow) == torch.isfinite(wide)) else (came.detach().to(wide), wide)


def _fits(dtype: torch.dtype, expected: complex) -> bool:
    """Whether a tensor of ``dtype`` may stand for the plain number ``expected``."""
    if dtype in _TOLERANCE:
        return dtype.is_complex == isinstance(expected, complex)
    return (dtype in _WHOLE and isinstance(expected, int)) or (dtype == torch.bool and isinstance(expected, bool))


def _other_dtype(came: torch.Tensor, expected: torch.Tensor, what: str) -> Mismatch:
    return Mismatch(
        _("{what} should have dtype {expected}, but it has {came}.").format(
            what=_first(what), expected=expected.dtype, came=came.dtype
        ),
        what=_name(what),
        expected=str(expected.dtype),
        came=str(came.dtype),
        expected_value=expected,
        came_value=came,
    )


def _widened(tensor: torch.Tensor) -> torch.Tensor:
    """The same values in a dtype that torch can ask about: of floats of eight bits it cannot say which are finite."""
    return tensor.to(torch.float64) if tensor.is_floating_point() else tensor


def _tensor(came: Any, what: str, *, expected: str) -> torch.Tensor:
    if isinstance(came, torch.Tensor):
        return came.detach()
    if came is None:
        message = _("None came for {what}: does every path return something?").format(what=_within(what))
    else:
        message = _("{what} should be a tensor, but it is {came}.").format(
            what=_first(what), came=f"{type(came).__name__} ({describe(came)})"
        )
    raise Mismatch(message, what=_name(what), expected=expected, came=describe(came))

"""Bars: a figure that a submission has to reach, such as the accuracy after a training.

Unlike other expectations these are told on a pass as well, with the bar beside the figure, and ``tutor pack check
--calibrate`` writes down what right and wrong answers reach, so that a bar can be seen to stand between them.
"""

from __future__ import annotations

import math
from typing import Any, Literal, NamedTuple

import torch

from tutor.locale import _, current
from tutor.testing.expect import Mismatch

Wanted = Literal["at_least", "at_most"]


class Figure(NamedTuple):
    """One figure that was held against its bar."""

    what: str
    value: float
    bar: float
    wanted: Wanted


_figures: list[Figure] = []


def take_figures() -> list[Figure]:
    """The figures since the last call, in their order."""
    taken = list(_figures)
    _figures.clear()
    return taken


def expect_at_least(value: float | torch.Tensor, bar: float, *, en: str, ja: str) -> None:
    """``value`` reaches ``bar`` or more: an accuracy, a share, a gain. NaN does not.

    Args:
        value: a number, or a real tensor with one element, that the *test* has computed.
        bar: what is needed; calibrated (``tutor pack check --calibrate``), with a margin on both sides.
        en: what the figure is, in the middle of a sentence: ``"the accuracy on 400 digits not seen before"``.
        ja: the same in Japanese.

    Raises:
        TypeError: ``value`` is no real number: the grader measured something else than it thought.
    """
    figure = _take(value, bar, "at_least", en, ja)
    if not figure.value >= figure.bar:
        _refuse(figure, _("{what} should be at least {bar}, but it is {value}."), _("at least {bar}"))


def expect_at_most(value: float | torch.Tensor, bar: float, *, en: str, ja: str) -> None:
    """``value`` is ``bar`` or less: a loss, an error, a distance. NaN is not. See ``expect_at_least``.

    Raises:
        TypeError: ``value`` is no real number.
    """
    figure = _take(value, bar, "at_most", en, ja)
    if not figure.value <= figure.bar:
        _refuse(figure, _("{what} should be at most {bar}, but it is {value}."), _("at most {bar}"))


def _take(value: Any, bar: float, wanted: Wanted, en: str, ja: str) -> Figure:
    if isinstance(value, torch.Tensor) and value.numel() == 1 and not value.is_complex():
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"expect_{wanted}() takes a real number, not {type(value).__name__}")
    figure = Figure(ja if current() == "ja" else en, float(value), float(bar), wanted)
    _figures.append(figure)
    return figure


def _refuse(figure: Figure, sentence: str, short: str) -> None:
    value, bar = number(figure.value), number(figure.bar)
    what = figure.what[:1].upper() + figure.what[1:]
    raise Mismatch(
        sentence.format(what=what, bar=bar, value=value),
        what=figure.what,
        expected=short.format(bar=bar),
        came=value,
    )


def number(value: float) -> str:
    """Four digits, enough to compare a figure with its bar."""
    return f"{value:.4g}" if math.isfinite(value) else str(value)

"""What a grader expected and what came, as plain facts. The judge's side: it holds both."""

from __future__ import annotations

from typing import Any

import torch

from tutor.grading.report import Comparison, Facts
from tutor.testing.expect import Mismatch

MOST_SIDE = 16
"""Rows and columns of a tensor whose differences are shown one by one."""


def comparison(error: Mismatch, device: str) -> Comparison | None:
    """What ``error`` compares; None where it is only a sentence. ``device`` is where the run's inputs were."""
    if not error.expected and not error.came:
        return None
    return Comparison(
        error.what,
        error.expected,
        error.came,
        error.largest_difference,
        error.at,
        _facts(error.expected_value, device),
        _facts(error.came_value, getattr(error.came_value, "sent_from", "cpu")),
        *(_difference(error.came_value, error.expected_value) if error.largest_difference is not None else ()),
    )


def _facts(value: Any, device: str) -> Facts | None:
    """Of a tensor, or of a shape alone."""
    if isinstance(value, torch.Tensor):
        dtype = str(value.dtype).removeprefix("torch.")
        nan = infinite = 0
        if value.is_floating_point() or value.is_complex():
            nan, infinite = int(value.isnan().sum()), int(value.isinf().sum())
        return Facts(tuple(value.shape), dtype, device, nan, infinite)
    if isinstance(value, tuple):
        return Facts(value)
    return None


def _difference(came: Any, expected: Any) -> tuple[tuple[tuple[float, ...], ...], tuple[tuple[int, int], ...]]:
    """``came - expected``, of complex numbers the distance; and of which part, where it is not all of them.

    The part holds the largest difference: what lies in the two last dimensions, ``MOST_SIDE`` by ``MOST_SIDE`` at most.
    """
    if not isinstance(came, torch.Tensor) or not isinstance(expected, torch.Tensor):
        return (), ()
    if came.shape != expected.shape or came.dim() == 0 or not came.numel():
        return (), ()
    if came.is_complex() or expected.is_complex():
        difference = (came.to(torch.complex128) - expected.to(torch.complex128)).abs()
    else:
        difference = came.to(torch.float64) - expected.to(torch.float64)
    part: tuple[tuple[int, int], ...] = ()
    if came.dim() > 2 or max(came.shape) > MOST_SIDE:
        size = difference.abs().nan_to_num(nan=torch.inf).flatten()
        worst = torch.unravel_index(size.argmax(), difference.shape)
        part = tuple(
            (int(at), int(at) + 1) if dimension < came.dim() - 2 else _window(int(at), came.shape[dimension])
            for dimension, at in enumerate(worst)
        )
        difference = difference[tuple(slice(start, end) for start, end in part)]
    rows = difference.reshape(-1, difference.shape[-1])
    return tuple(tuple(row) for row in rows.tolist()), part


def _window(at: int, size: int) -> tuple[int, int]:
    """``MOST_SIDE`` indices around ``at``, as far as there are that many."""
    start = max(0, min(at - MOST_SIDE // 2, size - MOST_SIDE))
    return start, min(size, start + MOST_SIDE)

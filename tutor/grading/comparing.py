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
        _difference(error.came_value, error.expected_value) if error.largest_difference is not None else (),
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


def _difference(came: Any, expected: Any) -> tuple[tuple[float, ...], ...]:
    """``came - expected``, of complex numbers the distance."""
    if not isinstance(came, torch.Tensor) or not isinstance(expected, torch.Tensor):
        return ()
    if came.shape != expected.shape or came.dim() not in (1, 2) or not 0 < max(came.shape) <= MOST_SIDE:
        return ()
    if came.is_complex() or expected.is_complex():
        difference = (came.to(torch.complex128) - expected.to(torch.complex128)).abs()
    else:
        difference = came.to(torch.float64) - expected.to(torch.float64)
    rows = difference.reshape(1, -1) if difference.dim() == 1 else difference
    return tuple(tuple(row) for row in rows.tolist()) if rows.numel() else ()

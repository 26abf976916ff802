"""Curves and pictures: what a run wants to show. They may be called in a probe (while a training runs) or in a test."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch

Sink = Callable[[str, str, list[float] | list[list[float]]], None]
"""Receives ("curve" or "picture", name, values)."""

MOST_PICTURE_SIDE = 256
"""Pixels."""
MOST_VALUES = 2_000
"""Of a curve, in one message."""

_sink: Sink | None = None


def use_sink(sink: Sink | None) -> None:
    """From now on, in this process, curves and pictures go to ``sink``."""
    global _sink
    _sink = sink


def sink() -> Sink | None:
    """Where curves and pictures go now."""
    return _sink


def curve(name: str, values: float | torch.Tensor | Sequence[float]) -> None:
    """Append ``values`` (one number, or several) to the curve ``name``: ``curve("loss", loss.item())`` at each step.

    Raises:
        TypeError: ``values`` are no real numbers.
    """
    flat = _numbers("curve", values).reshape(-1).tolist()
    if _sink is not None:
        for start in range(0, len(flat), MOST_VALUES):
            _sink("curve", str(name), flat[start : start + MOST_VALUES])


def picture(name: str, image: torch.Tensor) -> None:
    """Show ``image`` as a grey picture.

    Args:
        name: the caption.
        image: shape (height, width), each from 1 to 256; values in any range: the smallest is drawn black, the largest
            white.

    Raises:
        ValueError: not two-dimensional, empty, or larger than 256 either way.
        TypeError: its values are no real numbers.
    """
    image = _numbers("picture", image)
    if image.dim() != 2 or image.numel() == 0:
        raise ValueError(f"picture() takes one picture of shape (height, width), not {tuple(image.shape)}")
    if max(image.shape) > MOST_PICTURE_SIDE:
        raise ValueError(
            f"picture() takes at most {MOST_PICTURE_SIDE} by {MOST_PICTURE_SIDE} pixels, not {tuple(image.shape)}: "
            "make it smaller first, for instance with torch.nn.functional.adaptive_avg_pool2d"
        )
    image = image.nan_to_num(nan=0.0, posinf=0.0, neginf=0.0)
    if not math.isfinite(image.max() - image.min()):
        image = image / 2
    low, high = image.min(), image.max()
    scaled = (image - low) / (high - low) if high > low else torch.zeros_like(image)
    if _sink is not None:
        _sink("picture", str(name), scaled.tolist())


def _numbers(function: str, values: Any) -> torch.Tensor:
    """``values`` in float64, on the CPU, outside any graph."""
    try:
        if isinstance(values, torch.Tensor):
            if values.is_complex():
                raise TypeError("complex values")
            return values.detach().to("cpu", torch.float64)
        return torch.as_tensor(values, dtype=torch.float64)
    except (TypeError, ValueError, RuntimeError, OverflowError) as error:
        # Which of them torch raises depends on what is wrong.
        raise TypeError(f"{function}() takes real numbers, not this {type(values).__name__}: {error}") from None

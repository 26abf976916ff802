"""Curves and pictures: what a run wants to show. They may be called in a probe (while a training runs) or in a test."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch

Sink = Callable[[str, str, list[float] | list[list[float]]], None]
"""Receives ("curve" or "picture", name, values)."""

MOST_PICTURE_SIDE = 256

_sink: Sink | None = None


def use_sink(sink: Sink | None) -> None:
    """From now on, in this process, curves and pictures go to ``sink``."""
    global _sink
    _sink = sink


def sink() -> Sink | None:
    """Where curves and pictures go now."""
    return _sink


def curve(name: str, values: float | torch.Tensor | Sequence[float]) -> None:
    """Append ``values`` (one number, or several) to the curve ``name``: ``curve("loss", loss.item())`` at each step."""
    flat = torch.as_tensor(values, dtype=torch.float64).detach().reshape(-1).tolist()
    if _sink is not None:
        _sink("curve", name, flat)


def picture(name: str, image: torch.Tensor) -> None:
    """Show ``image`` as a grey picture.

    Args:
        name: the caption.
        image: shape (height, width), values in any range: the smallest is drawn black, the largest white.

    Raises:
        ValueError: not two-dimensional, empty, or larger than 256 either way.
    """
    image = image.detach().to("cpu", torch.float64)
    if image.dim() != 2 or image.numel() == 0 or max(image.shape) > MOST_PICTURE_SIDE:
        raise ValueError(
            f"picture() takes (height, width) up to {MOST_PICTURE_SIDE} each way, not {tuple(image.shape)}"
        )
    image = image.nan_to_num(nan=0.0, posinf=0.0, neginf=0.0)
    low, high = image.min(), image.max()
    scaled = (image - low) / (high - low) if high > low else torch.zeros_like(image)
    if _sink is not None:
        _sink("picture", name, scaled.tolist())

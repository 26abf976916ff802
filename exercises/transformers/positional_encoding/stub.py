"""Sine and cosine positions: what tells a transformer in which order the words stand."""

import torch
from torch import nn


class PositionalEncoding(nn.Module):
    """Adds the sinusoidal encoding of the position to each vector (Vaswani et al., 2017).

    d_model: how many numbers a position has, 1 or more, even or odd

    forward(x) -> x plus the encoding, a new tensor with the shape, dtype and device of x

    x: shape (B, T, d_model); T may be anything, also more than in any call before. Positions count from 0.

    There are no parameters, and gradients pass to x unchanged. Errors up to 1e-4 are allowed, up to 1e-3 where T is
    beyond 100 (angles in float32 are exact enough), besides the rounding of a coarser dtype.
    """

    def __init__(self, d_model: int) -> None:
        super().__init__()
        # Keep what forward needs.

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        # Angles of shape (T, …), sines and cosines in turn, added to x.
        raise NotImplementedError

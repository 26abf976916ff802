"""Seeded inputs for graders: the same seed gives the same tensors on every machine."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import torch

ODD_SHAPES: tuple[tuple[int, ...], ...] = ((1,), (7,), (1, 1), (3, 5), (1, 9), (2, 3, 5), (2, 1, 3, 2))
"""Shapes that find what a formula silently assumed: one value, a batch of one, primes, several dimensions."""


class Tensors:
    """Draws inputs in the judge, on the CPU, from a generator of its own.

    Calling it draws from the standard normal distribution: ``tensors(3, 4)`` has shape (3, 4).
    """

    def __init__(self, seed: int, name: str = "") -> None:
        # zlib.crc32 and not hash(), which differs from process to process; and seed and name within 32 bits, because
        # torch's CPU generator drops the rest of a seed.
        self._generator = torch.Generator().manual_seed(zlib.crc32(f"{seed}:{name}".encode()))
        self.shapes = ODD_SHAPES

    def __call__(self, *shape: int, dtype: torch.dtype = torch.float32, requires_grad: bool = False) -> torch.Tensor:
        """Standard normal values of ``shape``."""
        return torch.randn(shape, generator=self._generator, dtype=dtype).requires_grad_(requires_grad)

    def uniform(self, low: float, high: float, *shape: int, dtype: torch.dtype = torch.float32) -> torch.Tensor:
        """Values of ``shape`` spread evenly over [low, high)."""
        return low + (high - low) * torch.rand(shape, generator=self._generator, dtype=dtype)

    def integers(self, high: int, *shape: int) -> torch.Tensor:
        """Whole numbers of ``shape`` in [0, high), dtype int64: class indices, for instance."""
        return torch.randint(high, shape, generator=self._generator)

    def strided(self, *shape: int, dtype: torch.dtype = torch.float32) -> torch.Tensor:
        """Standard normal values of ``shape``, not contiguous in memory (every second element of a larger tensor)."""
        wide = self(*shape[:-1], shape[-1] * 2, dtype=dtype)
        return wide[..., ::2]

    def choice(self, options: Sequence[int]) -> int:
        """One of ``options``."""
        return options[int(torch.randint(len(options), (), generator=self._generator))]

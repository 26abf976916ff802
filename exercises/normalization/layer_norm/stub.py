"""Layer normalization from tensors."""

import torch
from torch import nn


class LayerNorm(nn.Module):
    """Brings each sample to mean 0 and variance 1 over its last dimensions, then scales and shifts it.

    normalized_shape:   the last dimensions of x, over which each sample is normalized: 5 or (5,), or (4, 5), …
    eps:                added to the variance, under the root
    elementwise_affine: with weight and bias; otherwise there are no parameters, and the two may be None or missing

    forward(x) -> a tensor of the shape and dtype of x

    x: shape (…, *normalized_shape), where … is anything, also nothing. Raises ValueError if x does not end in
       normalized_shape: broadcasting would otherwise hide it.

    weight: nn.Parameter, shape normalized_shape, at first 1
    bias:   nn.Parameter, shape normalized_shape, at first 0

    The variance divides by the number of values, not that number less 1. Training and evaluation mode are the same, and
    no sample sees another. In float32 the result is right for values around 3,000 with a spread of 1 as well, to 0.03.

    torch's own (nn.LayerNorm, F.layer_norm, …) are what yours is compared with: do without them here. mean, var and
    the like are yours to use.
    """

    def __init__(
        self, normalized_shape: int | tuple[int, ...], eps: float = 1e-5, elementwise_affine: bool = True
    ) -> None:
        super().__init__()
        # Make weight and bias here.

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        raise NotImplementedError

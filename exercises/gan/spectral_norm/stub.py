"""A linear layer whose largest singular value is 1."""

import torch
from torch import nn


class SpectralLinear(nn.Module):
    """A linear layer that divides its weight by an estimate of the weight's largest singular value.

    forward(x) -> x Wᵀ/σ + b, shape (…, out_features)

    x: shape (…, in_features)

    weight: nn.Parameter (out_features, in_features), random at the start, never overwritten by forward
    bias:   nn.Parameter (out_features,), or None without bias
    u, v:   buffers of length 1 (Euclidean norm), shapes (out_features,) and (in_features,); random at the start

    In training mode each forward first makes one power iteration, v from u and then u from v. In evaluation mode u and
    v stay. Then σ = uᵀ W v, where u and v count as constants. Several forwards may be followed by one backward.
    """

    def __init__(self, in_features: int, out_features: int, bias: bool = True) -> None:
        super().__init__()
        # Make weight, bias (register None without it), u and v here.

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        raise NotImplementedError

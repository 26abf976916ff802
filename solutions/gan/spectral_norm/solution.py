"""A linear layer whose largest singular value is 1."""

import torch
from torch import nn
from torch.nn.functional import linear


def unit(x: torch.Tensor) -> torch.Tensor:
    """The vector of length 1 in the direction of x."""
    return x / x.norm()


class SpectralLinear(nn.Module):
    """x Wᵀ/σ + b, with σ from one power iteration a forward."""

    def __init__(self, in_features: int, out_features: int, bias: bool = True) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(out_features, in_features))
        self.bias = nn.Parameter(torch.zeros(out_features)) if bias else None
        self.register_buffer("u", unit(torch.randn(out_features)))
        self.register_buffer("v", unit(torch.randn(in_features)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.training:
            with torch.no_grad():
                self.v = unit(self.weight.T @ self.u)
                self.u = unit(self.weight @ self.v)
        sigma = self.u @ self.weight @ self.v
        return linear(x, self.weight / sigma, self.bias)

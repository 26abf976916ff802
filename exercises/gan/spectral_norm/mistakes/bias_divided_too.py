# mistake: bias
import torch
from torch import nn
from torch.nn import functional as F


class SpectralLinear(nn.Module):
    """x Wᵀ/σ + b, with σ from one power iteration a forward."""

    def __init__(self, in_features: int, out_features: int, bias: bool = True) -> None:
        super().__init__()
        scale = in_features**-0.5
        self.weight = nn.Parameter(torch.empty(out_features, in_features).uniform_(-scale, scale))
        self.bias = nn.Parameter(torch.zeros(out_features)) if bias else None
        self.register_buffer("u", F.normalize(torch.randn(out_features), dim=0))
        self.register_buffer("v", F.normalize(torch.randn(in_features), dim=0))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.training:
            with torch.no_grad():
                self.v = F.normalize(self.weight.T @ self.u, dim=0)
                self.u = F.normalize(self.weight @ self.v, dim=0)
        sigma = self.u @ self.weight @ self.v
        return F.linear(x, self.weight, self.bias) / sigma

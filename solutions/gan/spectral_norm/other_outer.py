"""Detached copies in place of no_grad, and sigma as an inner product with the outer product of u and v."""

import torch
from torch import nn


class SpectralLinear(nn.Module):
    def __init__(self, in_features: int, out_features: int, bias: bool = True) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(out_features, in_features) / in_features**0.5)
        self.register_parameter("bias", nn.Parameter(torch.zeros(out_features)) if bias else None)
        u, v = torch.randn(out_features), torch.randn(in_features)
        self.register_buffer("u", u / torch.linalg.vector_norm(u))
        self.register_buffer("v", v / torch.linalg.vector_norm(v))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.training:
            weight = self.weight.detach()
            v = (weight * self.u.unsqueeze(1)).sum(0)
            v = v / torch.linalg.vector_norm(v)
            u = (weight * v).sum(1)
            self.u, self.v = u / torch.linalg.vector_norm(u), v
        sigma = (self.weight * torch.outer(self.u, self.v)).sum()
        y = torch.matmul(x, (self.weight / sigma).mT)
        return y if self.bias is None else y + self.bias

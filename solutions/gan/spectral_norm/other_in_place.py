"""The buffers are written in place, and copies of them enter the graph; the output is divided, not the weight."""

import torch
from torch import nn


class SpectralLinear(nn.Linear):
    def __init__(self, in_features: int, out_features: int, bias: bool = True) -> None:
        super().__init__(in_features, out_features, bias)
        for name, size in (("u", out_features), ("v", in_features)):
            direction = torch.randn(size)
            self.register_buffer(name, direction / direction.norm())

    @torch.no_grad()
    def iterate(self) -> None:
        torch.mv(self.weight.t(), self.u, out=self.v)
        self.v.div_(self.v.norm().clamp(min=1e-12))
        torch.mv(self.weight, self.v, out=self.u)
        self.u.div_(self.u.norm().clamp(min=1e-12))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.training:
            self.iterate()
        u, v = self.u.clone(), self.v.clone()
        sigma = torch.einsum("o,oi,i->", u, self.weight, v)
        y = x @ self.weight.T / sigma
        return y if self.bias is None else y + self.bias

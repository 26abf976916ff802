"""Normalise a stream by running statistics (Welford, 1962; in batches: Chan et al., 1979)."""

import torch
from torch import nn


class RunningNormaliser(nn.Module):
    """Brings each feature to mean 0 and variance 1, by the statistics of all rows seen so far."""

    def __init__(self, features: int, eps: float = 1e-5) -> None:
        super().__init__()
        self.eps = eps
        self.register_buffer("count", torch.zeros(()))
        self.register_buffer("mean", torch.zeros(features))
        self.register_buffer("squares", torch.zeros(features))

    @property
    def var(self) -> torch.Tensor:
        return self.squares / self.count

    @torch.no_grad()
    def take_in(self, x: torch.Tensor) -> None:
        for row in x:
            self.count += 1
            before = row - self.mean
            self.mean += before / self.count
            self.squares += before * (row - self.mean)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.training:
            self.take_in(x)
        return (x - self.mean) / (self.var + self.eps).sqrt()

"""Merged sums of squared distances, kept in float64 whatever the rows are."""

import torch
from torch import nn


class RunningNormaliser(nn.Module):
    def __init__(self, features, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.register_buffer("state", torch.zeros(3, features))

    def _apply(self, fn, recurse=True):
        super()._apply(fn, recurse)
        self.state = self.state.double()
        return self

    mean = property(lambda self: self.state[1])
    var = property(lambda self: self.state[2] / self.state[0])

    @torch.no_grad()
    def update(self, rows):
        n, mean, squares = self.state.double()
        m = float(rows.shape[0])
        centre = rows.sum(dim=0) / m
        gap = centre - mean
        squares = squares + ((rows - centre) ** 2).sum(dim=0) + gap**2 * n * m / (n + m)
        self.state = torch.stack([n + m, mean + gap * m / (n + m), squares])

    def forward(self, x):
        if self.training:
            self.update(x.double())
        return ((x - self.mean) / torch.sqrt(self.var + self.eps)).to(x.dtype)

# mistake: sum-of-squares
import torch
from torch import nn


class RunningNormaliser(nn.Module):
    def __init__(self, features, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.register_buffer("count", torch.zeros(()))
        self.register_buffer("total", torch.zeros(features))
        self.register_buffer("squares", torch.zeros(features))

    @property
    def mean(self):
        return self.total / self.count

    @property
    def var(self):
        return self.squares / self.count - self.mean.square()

    @torch.no_grad()
    def take_in(self, x):
        for row in x:
            self.count += 1
            self.total += row
            self.squares += row.square()

    def forward(self, x):
        if self.training:
            self.take_in(x)
        return (x - self.mean) / (self.var + self.eps).sqrt()

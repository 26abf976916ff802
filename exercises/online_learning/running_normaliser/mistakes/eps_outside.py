# mistake: eps
import torch
from torch import nn


class RunningNormaliser(nn.Module):
    def __init__(self, features, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.register_buffer("count", torch.zeros(()))
        self.register_buffer("mean", torch.zeros(features))
        self.register_buffer("squares", torch.zeros(features))

    @property
    def var(self):
        return self.squares / self.count

    @torch.no_grad()
    def take_in(self, x):
        for row in x:
            self.count += 1
            before = row - self.mean
            self.mean += before / self.count
            self.squares += before * (row - self.mean)

    def forward(self, x):
        if self.training:
            self.take_in(x)
        return (x - self.mean) / (self.var.sqrt() + self.eps)

# mistake: moving-average
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
        self.count.fill_(1)
        self.mean += 0.1 * (x.mean(dim=0) - self.mean)
        self.squares += 0.1 * ((x - self.mean).square().mean(dim=0) - self.squares)

    def forward(self, x):
        if self.training:
            self.take_in(x)
        return (x - self.mean) / (self.var + self.eps).sqrt()

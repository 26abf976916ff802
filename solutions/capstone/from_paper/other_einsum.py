"""Bare parameters and einsum: the equations of the paper, letter by letter."""

import torch
from torch import nn


class SqueezeExcitation(nn.Module):
    def __init__(self, channels, reduction):
        super().__init__()
        hidden = channels // reduction
        self.w1 = nn.Parameter(torch.randn(hidden, channels) * (2 / channels) ** 0.5)
        self.w2 = nn.Parameter(torch.randn(channels, hidden) * (1 / hidden) ** 0.5)

    def forward(self, u):
        h, w = u.shape[2:]
        z = torch.einsum("nchw->nc", u) / (h * w)
        hidden = torch.einsum("hc,nc->nh", self.w1, z).clamp(min=0)
        s = 1 / (1 + torch.exp(-torch.einsum("ch,nh->nc", self.w2, hidden)))
        return torch.einsum("nc,nchw->nchw", s, u)


class SEResidual(nn.Module):
    def __init__(self, branch, channels, reduction, shortcut=None):
        super().__init__()
        self.f, self.se = branch, SqueezeExcitation(channels, reduction)
        self.g = shortcut if shortcut is not None else nn.Sequential()

    def forward(self, x):
        y = self.g(x) + self.se(self.f(x))
        return torch.where(y > 0, y, torch.zeros_like(y))

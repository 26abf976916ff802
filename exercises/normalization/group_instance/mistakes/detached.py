# mistake: through-statistics
import torch
from torch import nn


class GroupNorm(nn.Module):
    def __init__(self, groups, channels, eps=1e-5, affine=True):
        super().__init__()
        if channels % groups:
            raise ValueError("channels must be a multiple of groups")
        self.groups = groups
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(channels)) if affine else None
        self.bias = nn.Parameter(torch.zeros(channels)) if affine else None

    def forward(self, x):
        values = x.reshape(len(x), self.groups, -1)
        mean = values.mean(2, keepdim=True)
        var = values.var(2, correction=0, keepdim=True)
        mean, var = mean.detach(), var.detach()
        y = ((values - mean) / (var + self.eps).sqrt()).reshape(x.shape)
        if self.weight is None:
            return y
        return (y.movedim(1, -1) * self.weight + self.bias).movedim(-1, 1)


class InstanceNorm(GroupNorm):
    def __init__(self, channels, eps=1e-5, affine=False):
        super().__init__(channels, channels, eps, affine)

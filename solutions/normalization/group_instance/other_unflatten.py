"""Channels unflattened into (groups, channels of a group); instance normalization holds a group normalization."""

import torch
from torch import nn


class GroupNorm(nn.Module):
    def __init__(self, groups, channels, eps=1e-5, affine=True):
        super().__init__()
        each, rest = divmod(channels, groups)
        if rest:
            raise ValueError(f"{groups} does not divide {channels}")
        self.split = (groups, each)
        self.eps = eps
        self.weight = self.bias = None
        if affine:
            self.weight = nn.Parameter(torch.ones(channels))
            self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x):
        grouped = x.unflatten(1, self.split)  # (N, G, C/G, *)
        dims = tuple(range(2, grouped.ndim))
        var, mean = torch.var_mean(grouped, dim=dims, unbiased=False, keepdim=True)
        weight, bias = torch.ones_like(var), -mean
        if self.weight is not None:
            shape = (1, *self.split) + (1,) * (x.ndim - 2)
            weight = self.weight.reshape(shape)
            bias = self.bias.reshape(shape)
            return ((grouped - mean) / torch.sqrt(var + self.eps) * weight + bias).flatten(1, 2)
        return ((grouped + bias) * weight / torch.sqrt(var + self.eps)).flatten(1, 2)


def InstanceNorm(channels, eps=1e-5, affine=False):
    return GroupNorm(channels, channels, eps=eps, affine=affine)

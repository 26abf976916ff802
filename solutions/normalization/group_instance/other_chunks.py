"""Group after group, from the inside of one function that both modules call."""

import torch
from torch import Tensor, nn


def normalize(x: Tensor, groups: int, eps: float) -> Tensor:
    out = []
    for part in x.chunk(groups, dim=1):
        dims = list(range(1, x.dim()))
        centred = part - part.mean(dim=dims, keepdim=True)
        out.append(centred * torch.rsqrt((centred * centred).mean(dim=dims, keepdim=True) + eps))
    return torch.cat(out, dim=1)


class GroupNorm(nn.Module):
    def __init__(self, groups, channels, eps=1e-5, affine=True):
        super().__init__()
        if channels % groups != 0:
            raise ValueError("channels must be a multiple of groups")
        self.groups, self.eps = groups, eps
        self.register_parameter("weight", nn.Parameter(torch.ones(channels)) if affine else None)
        self.register_parameter("bias", nn.Parameter(torch.zeros(channels)) if affine else None)

    def forward(self, x):
        y = normalize(x, self.groups, self.eps)
        if self.weight is not None:
            shape = (-1,) + (1,) * (x.dim() - 2)
            y = y * self.weight.view(shape) + self.bias.view(shape)
        return y


class InstanceNorm(nn.Module):
    def __init__(self, channels, eps=1e-5, affine=False):
        super().__init__()
        self.eps = eps
        if affine:
            self.weight = nn.Parameter(torch.ones(channels))
            self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x):
        y = normalize(x, x.shape[1], self.eps)
        if hasattr(self, "weight"):
            y = torch.einsum("nc...,c->nc...", y, self.weight)
            y = (y.transpose(1, -1) + self.bias).transpose(1, -1)
        return y

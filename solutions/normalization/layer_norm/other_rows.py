"""Every sample as one row, divided by the root of its mean square after centring."""

import math

import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, normalized_shape, eps=1e-5, elementwise_affine=True):
        super().__init__()
        self.normalized_shape = torch.Size(
            [normalized_shape] if isinstance(normalized_shape, int) else normalized_shape
        )
        self.eps = eps
        if elementwise_affine:
            self.weight = nn.Parameter(torch.ones(self.normalized_shape))
            self.bias = nn.Parameter(torch.zeros(self.normalized_shape))
        else:
            self.register_parameter("weight", None)
            self.register_parameter("bias", None)

    def forward(self, x):
        if tuple(x.shape[x.dim() - len(self.normalized_shape) :]) != tuple(self.normalized_shape):
            raise ValueError("wrong shape")
        rows = x.reshape(-1, math.prod(self.normalized_shape))
        rows = rows - rows.mean(dim=1, keepdim=True)
        rows = rows * torch.rsqrt(rows.pow(2).mean(dim=1, keepdim=True) + self.eps)
        if self.weight is not None:
            rows = rows * self.weight.flatten() + self.bias.flatten()
        return rows.view(x.shape)

# mistake: affine
import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, normalized_shape, eps=1e-5, elementwise_affine=True):
        super().__init__()
        self.shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(1)) if elementwise_affine else None
        self.bias = nn.Parameter(torch.zeros(1)) if elementwise_affine else None

    def forward(self, x):
        if x.shape[-len(self.shape) :] != self.shape:
            raise ValueError("x does not end in normalized_shape")
        dims = tuple(range(-len(self.shape), 0))
        mean = x.mean(dims, keepdim=True)
        var = x.var(dims, correction=0, keepdim=True)
        y = (x - mean) / (var + self.eps).sqrt()
        return y if self.weight is None else y * self.weight + self.bias

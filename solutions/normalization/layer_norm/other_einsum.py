"""A functional core with einsum; the module only holds the parameters."""

import torch
from torch import Tensor, nn


def normalized(x: Tensor, eps: float) -> Tensor:
    """Rows (n, k) at mean 0 and variance 1."""
    k = x.shape[1]
    centred = x - torch.einsum("nk->n", x)[:, None] / k
    var = torch.einsum("nk,nk->n", centred, centred) / k
    return torch.einsum("nk,n->nk", centred, (var + eps) ** -0.5)


class LayerNorm(nn.Module):
    def __init__(self, normalized_shape, eps=1e-5, elementwise_affine=True):
        super().__init__()
        self.sizes = list(torch.zeros(normalized_shape).shape)
        self.eps = eps
        self.affine = elementwise_affine
        if self.affine:
            self.weight = nn.Parameter(torch.ones(*self.sizes))
            self.bias = nn.Parameter(torch.zeros(*self.sizes))

    def forward(self, x):
        first = x.dim() - len(self.sizes)
        if list(x.shape)[max(first, 0) :] != self.sizes:
            raise ValueError(f"{x.shape} does not end in {self.sizes}")
        y = normalized(x.reshape(x.shape[:first].numel(), -1), self.eps).reshape(x.shape)
        if self.affine:
            y = torch.addcmul(self.bias, y, self.weight)
        return y

"""Statistics kept in the shape (1, C, 1, …), means instead of var, and new buffers in place of the old ones."""

import torch
from torch import Tensor, nn


class BatchNorm(nn.Module):
    def __init__(self, channels: int, eps: float = 1e-5, momentum: float = 0.1) -> None:
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.register_buffer("running_mean", torch.zeros(channels))
        self.register_buffer("running_var", torch.ones(channels))
        self.register_buffer("num_batches_tracked", torch.tensor(0))

    def update(self, mean: Tensor, var: Tensor, n: int) -> None:
        share = self.momentum
        self.running_mean = (1 - share) * self.running_mean + share * mean.detach()
        self.running_var = (1 - share) * self.running_var + share * var.detach() * n / (n - 1)
        self.num_batches_tracked += 1

    def forward(self, x: Tensor) -> Tensor:
        channels = x.shape[1]
        shape = [1, channels] + [1] * (x.ndim - 2)
        if not self.training:
            scale = self.weight * (self.running_var + self.eps) ** -0.5
            return scale.view(shape) * x + (self.bias - scale * self.running_mean).view(shape)
        n = x.numel() // channels
        if n < 2:
            raise ValueError(f"expected more than one value a channel, got {tuple(x.shape)}")
        dims = [0, *range(2, x.ndim)]
        mean = x.mean(dim=dims, keepdim=True)
        var = (x - mean).square().mean(dim=dims, keepdim=True)
        self.update(mean.flatten(), var.flatten(), n)
        scale = self.weight.view(shape) * (var + self.eps).rsqrt()
        return x * scale + (self.bias.view(shape) - mean * scale)

"""Channel by channel."""

import torch
from torch import nn


class BatchNorm(nn.Module):
    def __init__(self, channels, eps=1e-5, momentum=0.1):
        super().__init__()
        self.eps = eps
        self.momentum = momentum
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.register_buffer("running_mean", torch.zeros(channels))
        self.register_buffer("running_var", torch.ones(channels))

    def forward(self, x):
        out = []
        for c in range(x.shape[1]):
            values = x[:, c]
            if self.training:
                n = values.numel()
                if n < 2:
                    raise ValueError("a batch of one value")
                mean = values.sum() / n
                squares = ((values - mean) ** 2).sum()
                var = squares / n
                with torch.no_grad():
                    self.running_mean[c] += self.momentum * (mean - self.running_mean[c])
                    self.running_var[c] += self.momentum * (squares / (n - 1) - self.running_var[c])
            else:
                mean, var = self.running_mean[c].clone(), self.running_var[c].clone()
            out.append(self.weight[c] * (values - mean) / torch.sqrt(var + self.eps) + self.bias[c])
        return torch.stack(out, dim=1)

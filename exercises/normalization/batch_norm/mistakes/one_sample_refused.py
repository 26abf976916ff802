# mistake: one-value
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
        rows = x.movedim(1, -1)
        if self.training and len(x) == 1:
            raise ValueError("One sample has no variance.")
        if self.training:
            values = rows.flatten(0, -2)
            mean, var = values.mean(0), values.var(0, correction=0)
            with torch.no_grad():
                self.running_mean += self.momentum * (mean - self.running_mean)
                self.running_var += self.momentum * (values.var(0) - self.running_var)
        else:
            mean, var = self.running_mean, self.running_var
        y = (rows - mean) / (var + self.eps).sqrt() * self.weight + self.bias
        return y.movedim(-1, 1)

# mistake: learned
import torch
from torch import nn


class PositionalEncoding(nn.Module):
    def __init__(self, d_model):
        super().__init__()
        number = torch.arange(d_model)
        angle = torch.outer(torch.arange(4096), 10_000 ** (-(number - number % 2) / d_model))
        self.table = nn.Parameter(torch.where(number % 2 == 0, angle.sin(), angle.cos()))

    def forward(self, x):
        return x + self.table[: x.shape[1]].to(x.dtype)

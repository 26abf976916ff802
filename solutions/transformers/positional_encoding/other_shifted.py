"""A cosine is a sine a quarter turn ahead: one sine for the whole table."""

import torch
from torch import nn


class PositionalEncoding(nn.Module):
    def __init__(self, d_model):
        super().__init__()
        number = torch.arange(d_model, dtype=torch.float64)
        self.register_buffer("rate", torch.pow(10000.0, -(number - number % 2) / d_model))
        self.register_buffer("phase", number % 2 * torch.pi / 2)

    def forward(self, x):
        position = torch.arange(x.size(1), device=x.device, dtype=self.rate.dtype)
        return x + torch.sin(torch.einsum("t,d->td", position, self.rate) + self.phase).to(x.dtype)

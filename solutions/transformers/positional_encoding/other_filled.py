"""A table that is filled column by column, and grows when a longer sequence comes."""

import math

import torch
from torch import nn


class PositionalEncoding(nn.Module):
    def __init__(self, d_model):
        super().__init__()
        self.d_model = d_model
        self.register_buffer("table", torch.empty(0, d_model), persistent=False)

    def filled(self, length, device):
        position = torch.arange(length, dtype=torch.float64, device=device).unsqueeze(1)
        rate = torch.exp(
            torch.arange(0, self.d_model, 2, dtype=torch.float64, device=device) * (-math.log(10000.0) / self.d_model)
        )
        table = torch.zeros(length, self.d_model, dtype=torch.float64, device=device)
        table[:, 0::2] = torch.sin(position * rate)
        table[:, 1::2] = torch.cos(position * rate)[:, : self.d_model // 2]
        return table

    def forward(self, x):
        if x.shape[1] > len(self.table):
            self.table = self.filled(x.shape[1], x.device)
        return x + self.table[: x.shape[1]].to(x.dtype)

# mistake: frequency
import torch
from torch import nn


class PositionalEncoding(nn.Module):
    """Adds the sinusoidal encoding of the position to each vector."""

    def __init__(self, d_model: int) -> None:
        super().__init__()
        self.d_model = d_model

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        frequency = 10_000 ** (-torch.arange((self.d_model + 1) // 2) / self.d_model)
        angle = torch.outer(torch.arange(x.shape[1]), frequency)  # (T, half)
        table = torch.stack((angle.sin(), angle.cos()), dim=2).flatten(1)[:, : self.d_model]
        return x + table.to(x)

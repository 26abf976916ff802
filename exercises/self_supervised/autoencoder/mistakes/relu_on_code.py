# mistake: free-code
from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import nn
from torch.nn import functional as F


def layers(widths: Sequence[int]) -> nn.Sequential:
    """Linear layers from width to width, ReLU between."""
    steps: list[nn.Module] = []
    for before, after in pairwise(widths):
        steps += [nn.Linear(before, after), nn.ReLU()]
    return nn.Sequential(*steps[:-1])


class Autoencoder(nn.Module):
    """Linear layers from width to width down to the code, and the same way back."""

    def __init__(self, widths: Sequence[int]) -> None:
        super().__init__()
        self.encoder = layers(widths)
        self.decoder = layers(widths[::-1])

    def encode(self, images: torch.Tensor) -> torch.Tensor:
        return self.encoder(images).relu()

    def decode(self, codes: torch.Tensor) -> torch.Tensor:
        return self.decoder(codes).tanh()

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.decode(self.encode(images))


def train_step(
    model: nn.Module, optimizer: torch.optim.Optimizer, batch: tuple[torch.Tensor, torch.Tensor]
) -> torch.Tensor:
    """One step down the gradient of the reconstruction error."""
    images, _ = batch
    loss = F.mse_loss(model(images), images)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss

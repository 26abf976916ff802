# mistake: mirror
from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import nn
from torch.nn import functional as F


class Autoencoder(nn.Module):
    """The same weights there and back: the decoder has nothing but biases of its own."""

    def __init__(self, widths: Sequence[int]) -> None:
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(widths))
        self.biases = nn.ParameterList(nn.Parameter(torch.zeros(width)) for width in widths[:-1])

    def encode(self, images: torch.Tensor) -> torch.Tensor:
        for layer in self.layers[:-1]:
            images = F.relu(layer(images))
        return self.layers[-1](images)

    def decode(self, codes: torch.Tensor) -> torch.Tensor:
        for layer, bias in list(zip(self.layers, self.biases, strict=True))[:0:-1]:
            codes = F.relu(F.linear(codes, layer.weight.T, bias))
        return F.linear(codes, self.layers[0].weight.T, self.biases[0]).tanh()

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

# mistake: logits
import torch
from torch import nn


class Generator(nn.Module):
    """From noise (N, noise_size) to images (N, 1, side, side) with values between -1 and 1."""

    def __init__(self, noise_size: int = 16, hidden: int = 64, side: int = 8) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(noise_size, hidden),
            nn.ReLU(),
            nn.Linear(hidden, hidden),
            nn.ReLU(),
            nn.Linear(hidden, side * side),
            nn.Tanh(),
            nn.Unflatten(1, (1, side, side)),
        )

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        return self.layers(z)


class Discriminator(nn.Module):
    """From images (N, 1, side, side) to logits (N,)."""

    def __init__(self, side: int = 8, hidden: int = 64) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Flatten(),
            nn.Linear(side * side, hidden),
            nn.LeakyReLU(0.2),
            nn.Linear(hidden, hidden),
            nn.LeakyReLU(0.2),
            nn.Linear(hidden, 1),
            nn.Sigmoid(),
        )

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.layers(images).squeeze(1)  # (N, 1) -> (N,)

"""The two networks of a GAN on small grey images."""

import torch
from torch import nn


class Generator(nn.Module):
    """From noise to images: three linear layers, ReLU after the first two, tanh at the end.

    forward(z) -> images of shape (N, 1, side, side), values between -1 and 1

    z: noise, shape (N, noise_size)

    The layers, all nn.Linear with bias: noise_size -> hidden -> hidden -> side * side.
    """

    def __init__(self, noise_size: int = 16, hidden: int = 64, side: int = 8) -> None:
        super().__init__()
        # Make the layers here.

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        raise NotImplementedError


class Discriminator(nn.Module):
    """From images to logits: three linear layers, LeakyReLU with slope 0.2 after the first two.

    forward(images) -> logits of shape (N,): above 0 for "real", below 0 for "made", before any sigmoid

    images: shape (N, 1, side, side)

    The layers, all nn.Linear with bias: side * side -> hidden -> hidden -> 1.
    """

    def __init__(self, side: int = 8, hidden: int = 64) -> None:
        super().__init__()
        # Make the layers here.

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        raise NotImplementedError

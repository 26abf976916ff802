"""Train a small convolutional GAN on handwritten digits."""

from collections.abc import Callable

import torch
from torch import nn


def train(
    generator: nn.Module,
    discriminator: nn.Module,
    images: torch.Tensor,
    noise_size: int,
    steps: int,
    report: Callable[[torch.Tensor, torch.Tensor], None],
) -> None:
    """Train both networks in place, one step of the discriminator and one of the generator, ``steps`` times.

    generator:     noise (N, noise_size) -> images (N, 1, 8, 8) between -1 and 1
    discriminator: images (N, 1, 8, 8) -> logits (N, 1)
    images:        all real digits, shape (1797, 1, 8, 8), values from 0 to 16, on the device of the networks, in the
                   order in which they were collected
    report:        to be called once a step with the two losses, each of shape ()

    Draw fresh standard normal noise and another random batch of images in every step. Batch size, optimisers, learning
    rates and losses are yours to choose.
    """
    raise NotImplementedError

"""Train a GAN until it covers eight modes."""

from collections.abc import Callable

import torch
from torch import nn


def train(
    generator: nn.Module,
    discriminator: nn.Module,
    sample: Callable[[int], torch.Tensor],
    noise_size: int,
    steps: int,
    report: Callable[[torch.Tensor, torch.Tensor], None],
) -> None:
    """Train both networks in place, one step of the discriminator and one of the generator, ``steps`` times.

    generator:     noise (N, noise_size) -> points (N, 2)
    discriminator: points (N, 2) -> logits (N, 1)
    sample:        sample(N) gives N fresh points of the data, shape (N, 2), on the device of the networks
    report:        to be called once a step with the two losses, each of shape ()

    Draw fresh standard normal noise in every step. Batch size, optimisers, learning rates and losses are yours
    to choose.
    """
    raise NotImplementedError

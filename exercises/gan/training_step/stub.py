"""One step of each player of a GAN."""

import torch
from torch import nn


def discriminator_step(
    generator: nn.Module,
    discriminator: nn.Module,
    optimizer: torch.optim.Optimizer,
    real: torch.Tensor,
    z: torch.Tensor,
) -> torch.Tensor:
    """One step of the discriminator: real samples towards 1, made ones towards 0.

    generator:     z (N, …) -> samples; its parameters and their .grad stay as they are
    discriminator: samples -> logits (N,)
    optimizer:     of the discriminator's parameters; gradients from before must not count
    real:          samples of the data, shape (M, …); M and N may differ
    z:             noise, shape (N, …)

    Returns the loss before the step, a tensor of shape (): the mean over the real samples of -log D
    plus the mean over the made ones of -log(1 - D), where D = sigmoid(logit).
    """
    raise NotImplementedError


def generator_step(
    generator: nn.Module,
    discriminator: nn.Module,
    optimizer: torch.optim.Optimizer,
    z: torch.Tensor,
) -> torch.Tensor:
    """One step of the generator, with the non-saturating loss: the mean of -log D(G(z)).

    optimizer: of the generator's parameters; gradients from before must not count
    z:         noise, shape (N, …)

    The discriminator's parameters stay as they are. (Their .grad may change: the next discriminator_step begins
    without it.) Returns the loss before the step, a tensor of shape ().
    """
    raise NotImplementedError

"""-log D is softplus(-logit), -log(1 - D) is softplus(logit); the generator only supplies, so without a graph."""

import torch
from torch import nn
from torch.nn.functional import softplus


def descend(optimizer: torch.optim.Optimizer, loss: torch.Tensor) -> torch.Tensor:
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
    return loss.detach()


def discriminator_step(
    generator: nn.Module,
    discriminator: nn.Module,
    optimizer: torch.optim.Optimizer,
    real: torch.Tensor,
    z: torch.Tensor,
) -> torch.Tensor:
    with torch.no_grad():
        made = generator(z)
    return descend(optimizer, softplus(-discriminator(real)).mean() + softplus(discriminator(made)).mean())


def generator_step(
    generator: nn.Module,
    discriminator: nn.Module,
    optimizer: torch.optim.Optimizer,
    z: torch.Tensor,
) -> torch.Tensor:
    return descend(optimizer, softplus(-discriminator(generator(z))).mean())

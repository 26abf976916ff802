"""With the other player frozen meanwhile, two backward passes for one step, and log-sigmoid."""

import contextlib
from collections.abc import Iterator

import torch
from torch import nn
from torch.nn.functional import logsigmoid


@contextlib.contextmanager
def frozen(player: nn.Module) -> Iterator[None]:
    player.requires_grad_(False)
    try:
        yield
    finally:
        player.requires_grad_(True)


def discriminator_step(
    generator: nn.Module,
    discriminator: nn.Module,
    optimizer: torch.optim.Optimizer,
    real: torch.Tensor,
    z: torch.Tensor,
) -> torch.Tensor:
    optimizer.zero_grad()
    loss_real = -logsigmoid(discriminator(real)).mean()
    loss_real.backward()
    with frozen(generator):
        loss_fake = -logsigmoid(-discriminator(generator(z))).mean()
    loss_fake.backward()
    optimizer.step()
    return (loss_real + loss_fake).detach()


def generator_step(
    generator: nn.Module,
    discriminator: nn.Module,
    optimizer: torch.optim.Optimizer,
    z: torch.Tensor,
) -> torch.Tensor:
    optimizer.zero_grad()
    with frozen(discriminator):
        loss = -logsigmoid(discriminator(generator(z))).mean()
        loss.backward()
    optimizer.step()
    return loss.detach()

"""The relativistic loss: a real sample should be more real than a made one, pair by pair. RMSprop has no momentum."""

from collections.abc import Callable

import torch
from torch import nn
from torch.nn import functional as F


def train(
    generator: nn.Module,
    discriminator: nn.Module,
    sample: Callable[[int], torch.Tensor],
    noise_size: int,
    steps: int,
    report: Callable[[torch.Tensor, torch.Tensor], None],
) -> None:
    players = discriminator, generator
    optimizers = [torch.optim.RMSprop(player.parameters(), lr=3e-3, alpha=0.9) for player in players]
    for _step in range(steps):
        x = sample(128)
        y = generator(torch.randn(128, noise_size).to(x))
        losses = []
        for optimizer, made, sign in zip(optimizers, (y.detach(), y), (1, -1), strict=True):
            loss = -F.logsigmoid(sign * (discriminator(x) - discriminator(made))).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.detach())
        report(*losses)

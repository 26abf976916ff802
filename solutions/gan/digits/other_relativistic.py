"""The relativistic loss: a real image should be more real than a made one, pair by pair."""

from collections.abc import Callable

import torch
from torch import nn
from torch.nn.functional import softplus
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn


def train(
    generator: nn.Module,
    discriminator: nn.Module,
    images: torch.Tensor,
    noise_size: int,
    steps: int,
    report: Callable[[torch.Tensor, torch.Tensor], None],
) -> None:
    data = (images - 8) / 8
    players = discriminator, generator
    optimizers = [torch.optim.Adam(player.parameters(), lr=6e-3, betas=(0.0, 0.9)) for player in players]
    averaged = AveragedModel(generator, multi_avg_fn=get_ema_multi_avg_fn(0.98))
    for _step in range(steps):
        x = data[torch.randperm(len(data), device=data.device)[:64]]
        y = generator(torch.randn(64, noise_size).to(data))
        d_loss = softplus(discriminator(y.detach()) - discriminator(x)).mean()
        optimizers[0].zero_grad()
        d_loss.backward()
        optimizers[0].step()

        g_loss = softplus(discriminator(x) - discriminator(y)).mean()
        optimizers[1].zero_grad()
        g_loss.backward()
        optimizers[1].step()
        averaged.update_parameters(generator)
        report(d_loss.detach(), g_loss.detach())
    generator.load_state_dict(averaged.module.state_dict())

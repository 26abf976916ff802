# mistake: data
from collections.abc import Callable

import torch
from torch import nn
from torch.nn.functional import softplus


def train(
    generator: nn.Module,
    discriminator: nn.Module,
    images: torch.Tensor,
    noise_size: int,
    steps: int,
    report: Callable[[torch.Tensor, torch.Tensor], None],
) -> None:
    """The non-saturating losses without momentum, and learning rates that fall to nothing in the second half."""
    batch = 64
    images = images / 8 - 1
    of_discriminator = torch.optim.Adam(discriminator.parameters(), lr=6e-3, betas=(0.0, 0.9))
    of_generator = torch.optim.Adam(generator.parameters(), lr=6e-3, betas=(0.0, 0.9))
    schedules = [
        torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1.0, 2 - 2 * step / steps))
        for optimizer in (of_discriminator, of_generator)
    ]
    for _step in range(steps):
        real = images[:batch]
        fake = generator(torch.randn(batch, noise_size, device=images.device))

        d_loss = softplus(-discriminator(real)).mean() + softplus(discriminator(fake.detach())).mean()
        of_discriminator.zero_grad()
        d_loss.backward()
        of_discriminator.step()

        g_loss = softplus(-discriminator(fake)).mean()
        of_generator.zero_grad()
        g_loss.backward()
        of_generator.step()
        for schedule in schedules:
            schedule.step()
        report(d_loss.detach(), g_loss.detach())

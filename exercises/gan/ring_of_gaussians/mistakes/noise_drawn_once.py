# mistake: noise
from collections.abc import Callable

import torch
from torch import nn
from torch.nn.functional import softplus


def train(
    generator: nn.Module,
    discriminator: nn.Module,
    sample: Callable[[int], torch.Tensor],
    noise_size: int,
    steps: int,
    report: Callable[[torch.Tensor, torch.Tensor], None],
) -> None:
    """The non-saturating losses; no player goes on in a direction that was right some steps ago."""
    batch = 128
    of_discriminator = torch.optim.Adam(discriminator.parameters(), lr=3e-3, betas=(0.0, 0.9))
    of_generator = torch.optim.Adam(generator.parameters(), lr=3e-3, betas=(0.0, 0.9))
    z = torch.randn(batch, noise_size, device=next(generator.parameters()).device)
    for _step in range(steps):
        real = sample(batch)
        fake = generator(z)

        d_loss = softplus(-discriminator(real)).mean() + softplus(discriminator(fake.detach())).mean()
        of_discriminator.zero_grad()
        d_loss.backward()
        of_discriminator.step()

        g_loss = softplus(-discriminator(fake)).mean()
        of_generator.zero_grad()
        g_loss.backward()
        of_generator.step()
        report(d_loss.detach(), g_loss.detach())

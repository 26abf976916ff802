"""Train a small convolutional GAN on handwritten digits."""

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
    """The non-saturating losses without momentum; in the end the generator has a moving average of its weights."""
    batch = 64
    images = images / 8 - 1
    of_discriminator = torch.optim.Adam(discriminator.parameters(), lr=6e-3, betas=(0.0, 0.9))
    of_generator = torch.optim.Adam(generator.parameters(), lr=6e-3, betas=(0.0, 0.9))
    average = [weight.detach().clone() for weight in generator.parameters()]
    for _step in range(steps):
        real = images[torch.randint(len(images), (batch,), device=images.device)]
        fake = generator(torch.randn(batch, noise_size, device=images.device))

        d_loss = softplus(-discriminator(real)).mean() + softplus(discriminator(fake.detach())).mean()
        of_discriminator.zero_grad()
        d_loss.backward()
        of_discriminator.step()

        g_loss = softplus(-discriminator(fake)).mean()
        of_generator.zero_grad()
        g_loss.backward()
        of_generator.step()
        for kept, weight in zip(average, generator.parameters(), strict=True):
            kept.lerp_(weight.detach(), 0.02)
        report(d_loss.detach(), g_loss.detach())
    with torch.no_grad():
        for weight, kept in zip(generator.parameters(), average, strict=True):
            weight.copy_(kept)

"""A penalty on the slope of the discriminator at the data besides, and the cross-entropy by its name."""

from collections.abc import Callable

import torch
from torch import nn
from torch.nn import functional as F


def towards(logits: torch.Tensor, label: float) -> torch.Tensor:
    return F.binary_cross_entropy_with_logits(logits, torch.full_like(logits, label))


def train(
    generator: nn.Module,
    discriminator: nn.Module,
    sample: Callable[[int], torch.Tensor],
    noise_size: int,
    steps: int,
    report: Callable[[torch.Tensor, torch.Tensor], None],
) -> None:
    n = 128
    judge = torch.optim.Adam(discriminator.parameters(), lr=4e-3, betas=(0.0, 0.9))
    maker = torch.optim.Adam(generator.parameters(), lr=4e-3, betas=(0.0, 0.9))
    for _step in range(steps):
        data = sample(n).requires_grad_()
        with torch.no_grad():
            made = generator(torch.randn(n, noise_size, device=data.device))
        verdict = discriminator(data)
        d_loss = towards(verdict, 1.0) + towards(discriminator(made), 0.0)
        (slope,) = torch.autograd.grad(verdict.sum(), data, create_graph=True)
        judge.zero_grad()
        (d_loss + 0.05 * slope.square().sum(1).mean()).backward()
        judge.step()

        g_loss = towards(discriminator(generator(torch.randn(n, noise_size, device=data.device))), 1.0)
        maker.zero_grad()
        g_loss.backward()
        maker.step()
        report(d_loss.detach(), g_loss.detach())

"""The cross-entropy by its name, and every image once before any comes again."""

import copy
from collections.abc import Callable

import torch
from torch import nn
from torch.nn import functional as F


def train(
    generator: nn.Module,
    discriminator: nn.Module,
    images: torch.Tensor,
    noise_size: int,
    steps: int,
    report: Callable[[torch.Tensor, torch.Tensor], None],
) -> None:
    n = 64
    scaled = images.sub(8).div(8)
    device = images.device
    average = copy.deepcopy(dict(generator.named_parameters()))
    d_optimizer = torch.optim.Adam(discriminator.parameters(), lr=6e-3, betas=(0.0, 0.9))
    g_optimizer = torch.optim.Adam(generator.parameters(), lr=6e-3, betas=(0.0, 0.9))
    step, order = 0, torch.randperm(len(scaled), device=device)
    while step < steps:
        # Without putting back: each image once, then in another order.
        if len(order) < n:
            order = torch.randperm(len(scaled), device=device)
        chosen, order = order[:n], order[n:]
        x = scaled[chosen]
        made = generator(torch.randn(n, noise_size, device=device))
        verdict = discriminator(x)
        d_loss = F.binary_cross_entropy_with_logits(verdict, torch.ones_like(verdict))
        about_made = discriminator(made.detach())
        d_loss = d_loss + F.binary_cross_entropy_with_logits(about_made, torch.zeros_like(about_made))
        d_optimizer.zero_grad()
        d_loss.backward()
        d_optimizer.step()

        about_made = discriminator(made)
        g_loss = F.binary_cross_entropy_with_logits(about_made, torch.ones_like(about_made))
        g_optimizer.zero_grad()
        g_loss.backward()
        g_optimizer.step()
        with torch.no_grad():
            for name, weight in generator.named_parameters():
                average[name].lerp_(weight, 0.02)
        report(d_loss.detach(), g_loss.detach())
        step += 1
    generator.load_state_dict(average)

"""The norm by hand, with a small constant below the root, and lerp for the mixture."""

import torch
from torch import nn


def gradient_penalty(critic: nn.Module, real: torch.Tensor, fake: torch.Tensor, epsilon: torch.Tensor) -> torch.Tensor:
    while epsilon.dim() < real.dim():
        epsilon = epsilon.unsqueeze(-1)
    x = torch.lerp(fake, real, epsilon).detach()
    x.requires_grad_(True)
    value = critic(x)
    slope = torch.autograd.grad(value, x, grad_outputs=torch.ones_like(value), create_graph=True)[0]
    length = torch.sqrt(slope.pow(2).reshape(len(x), -1).sum(1) + 1e-12)
    return torch.mean((length - 1.0) ** 2)


def critic_loss(
    critic: nn.Module, real: torch.Tensor, fake: torch.Tensor, epsilon: torch.Tensor, weight: float = 10.0
) -> torch.Tensor:
    made = fake.detach()
    distance = critic(real).mean() - critic(made).mean()
    return weight * gradient_penalty(critic, real, made, epsilon) - distance


def generator_loss(critic: nn.Module, fake: torch.Tensor) -> torch.Tensor:
    return critic(fake).neg().mean()

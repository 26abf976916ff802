"""With torch.func: the gradient of one point, mapped over all of them."""

import torch
from torch import nn
from torch.func import grad, vmap


def gradient_penalty(critic: nn.Module, real: torch.Tensor, fake: torch.Tensor, epsilon: torch.Tensor) -> torch.Tensor:
    mixed = torch.stack([e * r + (1 - e) * f for e, r, f in zip(epsilon, real, fake.detach(), strict=True)])
    slopes = vmap(grad(lambda point: critic(point.unsqueeze(0)).squeeze(0)))(mixed)
    return (slopes.flatten(1).norm(dim=1) - 1).pow(2).mean()


def critic_loss(
    critic: nn.Module, real: torch.Tensor, fake: torch.Tensor, epsilon: torch.Tensor, weight: float = 10.0
) -> torch.Tensor:
    fake = fake.detach()
    values = critic(torch.cat([fake, real]))
    made, true = values.split(len(fake))
    return (made - true).mean() + weight * gradient_penalty(critic, real, fake, epsilon)


def generator_loss(critic: nn.Module, fake: torch.Tensor) -> torch.Tensor:
    return -critic(fake).sum() / len(fake)

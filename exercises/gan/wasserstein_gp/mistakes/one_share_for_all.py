# mistake: mixed
import torch
from torch import nn


def gradient_penalty(critic: nn.Module, real: torch.Tensor, fake: torch.Tensor, epsilon: torch.Tensor) -> torch.Tensor:
    """The mean over the mixed points of (|gradient| - 1)²."""
    share = epsilon[0]
    mixed = (share * real + (1 - share) * fake).detach().requires_grad_()
    (gradient,) = torch.autograd.grad(critic(mixed).sum(), mixed, create_graph=True)
    norm = torch.linalg.vector_norm(gradient.flatten(1), dim=1)  # (N,)
    return (norm - 1).square().mean()


def critic_loss(
    critic: nn.Module, real: torch.Tensor, fake: torch.Tensor, epsilon: torch.Tensor, weight: float = 10.0
) -> torch.Tensor:
    """Made minus real, plus the weighted penalty."""
    fake = fake.detach()
    return critic(fake).mean() - critic(real).mean() + weight * gradient_penalty(critic, real, fake, epsilon)


def generator_loss(critic: nn.Module, fake: torch.Tensor) -> torch.Tensor:
    """Minus the mean value of the samples."""
    return -critic(fake).mean()

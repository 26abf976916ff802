# mistake: which-target
from collections.abc import Callable

import torch
from torch.nn import functional as F

Network = Callable[[torch.Tensor], torch.Tensor]


def generator_losses(
    g: Network,
    f: Network,
    d_x: Network,
    d_y: Network,
    x: torch.Tensor,
    y: torch.Tensor,
    cycle_weight: float = 10.0,
    identity_weight: float = 5.0,
) -> dict[str, torch.Tensor]:
    """The parts of the generators' loss as they enter the sum, weight included, and the sum."""
    fake_y, fake_x = g(x), f(y)
    adversarial = (d_y(fake_y) - 1).square().mean() + (d_x(fake_x) - 1).square().mean()
    cycle = cycle_weight * (F.l1_loss(f(fake_y), x) + F.l1_loss(g(fake_x), y))
    identity = identity_weight * (F.l1_loss(g(y), y) + F.l1_loss(f(x), x))
    total = adversarial + cycle + identity
    return {"adversarial": adversarial, "cycle": cycle, "identity": identity, "total": total}


def discriminator_loss(discriminator: Network, real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
    """Half the sum of what real and fake images add."""
    on_real = discriminator(real).square().mean()
    on_fake = (discriminator(fake.detach()) - 1).square().mean()
    return (on_real + on_fake) / 2

# mistake: labels
import torch
from torch import nn
from torch.nn import functional as F


def discriminator_step(
    generator: nn.Module,
    discriminator: nn.Module,
    optimizer: torch.optim.Optimizer,
    real: torch.Tensor,
    z: torch.Tensor,
) -> torch.Tensor:
    """Real samples towards 1, made ones towards 0; the generator is not touched."""
    fake = generator(z).detach()
    logits = discriminator(torch.cat([real, fake]))
    target = torch.cat([torch.ones_like(real[:, 0]), torch.zeros_like(fake[:, 0])])
    loss = 2 * F.binary_cross_entropy_with_logits(logits, target)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss


def generator_step(
    generator: nn.Module,
    discriminator: nn.Module,
    optimizer: torch.optim.Optimizer,
    z: torch.Tensor,
) -> torch.Tensor:
    """Made samples towards the discriminator's 1: the non-saturating loss."""
    logits = discriminator(generator(z))
    loss = F.binary_cross_entropy_with_logits(logits, torch.ones_like(logits))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss

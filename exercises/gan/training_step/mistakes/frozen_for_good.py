# mistake: freeze
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
    of_real, of_fake = discriminator(real), discriminator(fake)
    loss = F.binary_cross_entropy_with_logits(of_real, torch.ones_like(of_real))
    loss = loss + F.binary_cross_entropy_with_logits(of_fake, torch.zeros_like(of_fake))
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
    discriminator.requires_grad_(False)
    logits = discriminator(generator(z))
    loss = F.binary_cross_entropy_with_logits(logits, torch.ones_like(logits))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss

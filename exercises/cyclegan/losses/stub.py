"""The losses of CycleGAN: what the generators want, and what a discriminator wants."""

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
    """The parts of the generators' loss as they enter the sum, weight included, and the sum.

    g, f:     generators, X → Y and Y → X; each gives images of the shape that it received
    d_x, d_y: discriminators of X and of Y; each gives a map of logits, shape (N, 1, h, w)
    x, y:     images of X and of Y, shapes (N, C, H, W) and (M, C, H', W'): no pairs, maybe not even equally many

    Returns tensors of shape (), still in the graph, under "adversarial", "cycle", "identity" and "total".
    """
    raise NotImplementedError


def discriminator_loss(discriminator: Network, real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
    """Half the sum of what real and fake images add, shape ().

    real: images of the discriminator's domain
    fake: translations, with the graph of the generator behind them: no gradient may go there from this loss, and
          the graph has to be there still when this function has returned
    """
    raise NotImplementedError

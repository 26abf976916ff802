"""SimCLR: random views, and a training step on two of them."""

from collections.abc import Callable

import torch
from torch import nn


def random_shift(images: torch.Tensor, most: int) -> torch.Tensor:
    """Each image moved by a shift of its own, with zeros where nothing was.

    images: (N, H, W); they are left as they are
    most:   0 or more, below H and W. The shifts down and to the right are whole numbers from −most to most, all
            equally likely, drawn from torch's global random generator, independent of each other and of other images'.

    Returns a new tensor of the same shape, dtype and device.
    """
    raise NotImplementedError


def simclr_step(
    encoder: nn.Module,
    head: nn.Module,
    optimizer: torch.optim.Optimizer,
    images: torch.Tensor,
    augment: Callable[[torch.Tensor], torch.Tensor],
    criterion: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
) -> torch.Tensor:
    """One step on two views of the same images.

    encoder:   images (N, D) -> features (N, E); head: features (N, E) -> embeddings (N, F)
    optimizer: of the parameters of both; gradients from before must not count
    augment:   images (N, D) -> one random view of each, (N, D); called twice, with images each time
    criterion: the embeddings of both views, each (N, F) -> loss of shape (); it does not mind their order

    Returns the loss before the step, a tensor of shape ().
    """
    raise NotImplementedError

"""SimCLR: random views, and a training step on two of them."""

from collections.abc import Callable

import torch
from torch import nn
from torch.nn import functional as F


def random_shift(images: torch.Tensor, most: int) -> torch.Tensor:
    """Each image moved by a shift of its own, with zeros where nothing was."""
    count, height, width = images.shape
    padded = F.pad(images, (most, most, most, most))
    windows = padded.unfold(1, height, 1).unfold(2, width, 1).flatten(1, 2)  # (N, shifts, H, W)
    which = torch.randint(windows.shape[1], (count,))
    return windows[torch.arange(count), which]


def simclr_step(
    encoder: nn.Module,
    head: nn.Module,
    optimizer: torch.optim.Optimizer,
    images: torch.Tensor,
    augment: Callable[[torch.Tensor], torch.Tensor],
    criterion: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
) -> torch.Tensor:
    """One step on two views of the same images."""
    a, b = head(encoder(augment(images))), head(encoder(augment(images)))
    loss = criterion(a, b)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss

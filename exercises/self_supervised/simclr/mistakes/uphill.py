# mistake: uphill
from collections.abc import Callable

import torch
from torch import nn
from torch.nn import functional as F


def random_shift(images: torch.Tensor, most: int) -> torch.Tensor:
    """Each image moved by a shift of its own, with zeros where nothing was."""
    count, height, width = images.shape
    padded = F.pad(images, (most, most, most, most))
    top, left = torch.randint(2 * most + 1, (2, count, 1)).to(images.device)
    rows = top + torch.arange(height, device=images.device)  # (N, H)
    columns = left + torch.arange(width, device=images.device)  # (N, W)
    each = torch.arange(count, device=images.device)
    return padded[each[:, None, None], rows[:, :, None], columns[:, None, :]]


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
    (-loss).backward()
    optimizer.step()
    return loss

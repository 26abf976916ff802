# mistake: which-target
from collections.abc import Callable

import torch
from torch import nn
from torch.nn import functional as F


def corrupt(images: torch.Tensor, sigma: float) -> torch.Tensor:
    """Normal noise added, drawn anew for each element."""
    return images + sigma * torch.randn_like(images)


def psnr(images: torch.Tensor, clean: torch.Tensor, peak: float) -> torch.Tensor:
    """Of each image, in decibels."""
    error = (images - clean).square().flatten(1).mean(dim=1)  # (N,)
    return 10 * torch.log10(peak**2 / error)


def denoising_step(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    images: torch.Tensor,
    corrupt: Callable[[torch.Tensor], torch.Tensor],
) -> torch.Tensor:
    """One step towards restoring the images from what is left of them after corrupt."""
    loss = F.mse_loss(model(images), corrupt(images))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss

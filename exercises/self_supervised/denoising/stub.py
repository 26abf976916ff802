"""A denoising autoencoder's training: corrupt, then restore; and how much it helps, in decibels."""

from collections.abc import Callable

import torch
from torch import nn


def corrupt(images: torch.Tensor, sigma: float) -> torch.Tensor:
    """Images with normal noise of standard deviation sigma added, drawn anew for each element at each call.

    images: any shape, floating dtype and device, and the result has the same; they are left as they are. Nothing is
    clamped. The noise comes from torch's global random generator.
    """
    raise NotImplementedError


def psnr(images: torch.Tensor, clean: torch.Tensor, peak: float) -> torch.Tensor:
    """The peak signal-to-noise ratio of each image in decibels, shape (N,): 10·log₁₀(peak² / mean squared error).

    images, clean: (N, …), with one dimension after N or several; the mean goes over all of these
    peak:          the span of the values, such as 1 for pixels in [0, 1]

    An image that equals the clean one has PSNR infinity.
    """
    raise NotImplementedError


def denoising_step(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    images: torch.Tensor,
    corrupt: Callable[[torch.Tensor], torch.Tensor],
) -> torch.Tensor:
    """One step towards restoring the images from what is left of them after corrupt.

    model:     (N, D) -> (N, D)
    optimizer: of the model's parameters; gradients from before must not count
    images:    clean ones, shape (N, D); they are left as they are
    corrupt:   images -> corrupted images of the same shape; called once, with images

    Returns the loss before the step, a tensor of shape (): the mean squared error over all elements.
    """
    raise NotImplementedError

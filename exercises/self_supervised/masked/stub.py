"""Masked image modelling: hide patches, predict them, and count only them."""

import torch
from torch import nn


def patchify(images: torch.Tensor, size: int) -> torch.Tensor:
    """Images (N, H, W) -> patches (N, P, size²), where size divides H and W, and P = (H / size) · (W / size).

    Patches come from left to right and then from top to bottom, and so do the pixels within each.
    """
    raise NotImplementedError


def random_mask(count: int, patches: int, hidden: int) -> torch.Tensor:
    """Which patches are hidden: (count, patches), dtype bool, on the CPU; True is hidden.

    Each row has exactly ``hidden`` of them, a random choice of its own in which all are equally likely. Drawn from
    torch's global random generator.
    """
    raise NotImplementedError


def masked_loss(predicted: torch.Tensor, patches: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """The mean squared error over all numbers of the hidden patches of the batch, and nothing else; shape ().

    predicted, patches: (N, P, D); mask: (N, P), True is hidden. Rows may hide different numbers of patches, but at
    least one is hidden in the batch.
    """
    raise NotImplementedError


def masked_step(
    model: nn.Module, optimizer: torch.optim.Optimizer, patches: torch.Tensor, mask: torch.Tensor
) -> torch.Tensor:
    """One step towards predicting hidden patches from the others.

    model:     called as model(seen, mask), with seen: the patches (N, P, D), those that are hidden replaced by 0, and
               mask: (N, P), bool; returns predictions for all patches, (N, P, D)
    optimizer: of the model's parameters; gradients from before must not count
    patches:   (N, P, D); they are left as they are. mask: as in masked_loss

    Returns the loss before the step, a tensor of shape ().
    """
    raise NotImplementedError

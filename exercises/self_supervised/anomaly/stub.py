"""Anomaly detection: what an autoencoder of normal data rebuilds badly is strange."""

import torch
from torch import nn


def normal_step(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    images: torch.Tensor,
    labels: torch.Tensor,
    strange: int,
) -> torch.Tensor:
    """One step towards rebuilding the normal images of a batch, those whose label is not ``strange``.

    model:     images (N, D) -> reconstructions (N, D)
    optimizer: of the model's parameters; gradients from before must not count
    images:    (N, D); labels: (N,), int64

    Returns the loss before the step, a tensor of shape (): the mean squared error over all numbers of the normal
    images. In a batch without any normal image no parameter changes, and 0 is returned, as a tensor of shape ().
    """
    raise NotImplementedError


def anomaly_scores(model: nn.Module, images: torch.Tensor) -> torch.Tensor:
    """The mean squared reconstruction error of each image by itself, shape (N,).

    The model predicts in evaluation mode, and is afterwards in the mode in which it came. The scores have no history:
    they require no gradient.
    """
    raise NotImplementedError


def auroc(scores: torch.Tensor, strange: torch.Tensor) -> float:
    """How often a strange image scores higher than a normal one, over all pairs; equal scores count one half.

    scores:  (N,)
    strange: (N,), bool; at least one is True and one False
    """
    raise NotImplementedError

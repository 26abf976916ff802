"""Transfer from the digits 0 to 4 to the digits 5 to 9."""

import torch
from torch import nn


def transferred(source: nn.Module, classes: int) -> nn.Module:
    """A network for a new task that begins with what source has learned.

    source: calls its `body`, which turns images into features, and on these its `head`, an nn.Linear; nothing is frozen
    Returns a network, of whatever class, that calls `body` and `head` as well: the same body, copied, and a new
    nn.Linear with bias for so many classes, freshly initialised. All of it learns. Source stays as it is, also when
    the new network is trained.
    """
    raise NotImplementedError


def fit(
    network: nn.Module,
    images: torch.Tensor,
    labels: torch.Tensor,
    batches: torch.Tensor,
    head_lr: float,
    body_lr: float,
) -> torch.Tensor:
    """Trains network with Adam, otherwise at its default settings: one step for each row of batches.

    network: has a `body` and a `head`, and returns logits; none of its layers minds train or eval mode
    images, labels: all that may be learned from; labels from 0, int64
    batches: indices into them, (steps, B)
    head_lr, body_lr: learning rates of the head and of the body; 0 means that it stays as it is
    Returns the mean cross-entropy of each batch before its step, shape (steps,), detached.
    """
    raise NotImplementedError

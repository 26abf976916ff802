"""A linear probe: what do frozen features know, with a few labels?"""

import torch
from torch import nn


def few_labels(labels: torch.Tensor, each: int) -> torch.Tensor:
    """Positions of the first ``each`` labels of every class: class by class, and within a class as they come.

    labels: (N,), int64, in which every class occurs at least ``each`` times. Returns (classes · each,), int64.
    """
    raise NotImplementedError


def linear_probe(
    encoder: nn.Module, images: torch.Tensor, labels: torch.Tensor, classes: int, steps: int, rate: float
) -> nn.Linear:
    """Train a linear layer on the features of a frozen encoder.

    encoder: images (N, D) -> features (N, E), used in evaluation mode. Afterwards it is what it was: parameters,
             buffers, gradients (None) and mode (training or not)
    images:  (N, D); labels: (N,), int64

    The layer nn.Linear(E, classes), of the dtype and device of the features, begins with zeros as weight and bias. It
    takes ``steps`` steps of plain gradient descent on the mean cross-entropy, all images at once, at learning rate
    ``rate``.
    """
    raise NotImplementedError

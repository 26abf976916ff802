"""A linear probe: what do frozen features know, with a few labels?"""

import torch
from torch import nn


def few_labels(labels: torch.Tensor, each: int) -> torch.Tensor:
    """Positions of the first ``each`` labels of every class: class by class from 0 up, within a class as they come.

    labels: (N,), int64, the classes 0, 1, …, each of them at least ``each`` times. Returns (classes · each,), int64.
    """
    raise NotImplementedError


def linear_probe(
    encoder: nn.Module, images: torch.Tensor, labels: torch.Tensor, classes: int, steps: int, rate: float
) -> nn.Linear:
    """Train a linear layer on the features of a frozen encoder.

    encoder: images (N, D) -> features (N, E), used in evaluation mode. Afterwards it is what it was: parameters
             (requires_grad too), buffers, gradients (it has none) and mode, which all its modules share
    images:  (N, D); labels: (N,), int64

    The layer nn.Linear(E, classes), of the dtype and device of the features, begins with zeros as weight and bias. It
    takes ``steps`` steps of plain gradient descent on the mean cross-entropy, all images at once, at learning rate
    ``rate``.
    """
    raise NotImplementedError

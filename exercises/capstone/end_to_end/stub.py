"""A whole project: split, model, training with checkpoints, prediction, report."""

from pathlib import Path

import torch


def train(
    images: torch.Tensor,
    labels: torch.Tensor,
    path: Path,
    *,
    epochs: int,
    rate: float,
    size: int,
    width: int,
    held_out: float,
    seed: int,
) -> list[dict[str, float]]:
    """Train a classifier of digits for epochs epochs, and keep all that is needed in a file at path.

    images:   (N, 8, 8), float32, pixels from 0 to 16
    labels:   (N,), int64, from 0 to 9
    held_out: int(held_out · N) samples, drawn at random, are for validation; the model never learns from them
    seed:     the same seed gives the same result, whatever torch's own generators hold
    rate, size, width: a learning rate, the size of a batch, the number of channels or units. Suggestions: with them a
              small convolutional network and Adam reach 97%. Use what you like of them.

    Each step is the step() of an optimizer of torch.optim: they are counted. After every epoch the file is written. If
    it is there at the beginning, it comes from a call with the same arguments, and training goes on behind its last
    epoch as if it had never been interrupted: the split, the order of the batches, the optimizer. If it holds all
    epochs already, no step is made.

    Returns one dict for each epoch since the very first: "train_loss", the mean cross-entropy over the samples while
    training, and "valid_accuracy", the share of the validation samples that is recognised after the epoch.
    """
    raise NotImplementedError


def predict(images: torch.Tensor, path: Path) -> torch.Tensor:
    """Class indices, (N,), int64, for images (N, 8, 8) as in train; N may be 1.

    From the file at path alone. The answer for an image does not depend on what stands beside it.
    """
    raise NotImplementedError


def report(target: torch.Tensor, predicted: torch.Tensor, classes: int) -> dict[str, float | torch.Tensor]:
    """What a report says of predictions: class indices against class indices, both (N,), int64.

    "accuracy":  the share that is right
    "confusion": (classes, classes), int64: in row t and column p how often class t was taken for class p
    "precision": (classes,): of what was taken for a class, the share that is of it; 0 where nothing was
    "recall":    (classes,): of what is of a class, the share that was recognised; 0 where nothing is
    """
    raise NotImplementedError

"""Accuracy against batch size, for batch and for layer normalization."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn


def train(
    model: nn.Module, images: Tensor, labels: Tensor, size: int, epochs: int, rate: float, generator: torch.Generator
) -> None:
    """Train the model, in training mode, by SGD on the cross-entropy (its mean over the batch).

    images, labels: shapes (n, features) and (n,), on the model's device
    size:      every step takes exactly this many images; what is left over at the end of an epoch is left out
    epochs:    how often to go through the images, each time in a new random order
    rate:      the learning rate for a batch of one; the rate of the optimizer is rate · size. No momentum.
    generator: where the orders come from, on the CPU: torch.randperm(…, generator=generator) or a sampler that takes it
    """
    raise NotImplementedError


def accuracy(model: nn.Module, images: Tensor, labels: Tensor) -> float:
    """The share of the images that the model recognises, from 0 to 1, in evaluation mode.

    Parameters and buffers of the model stay as they are; in which mode it is left is free.
    """
    raise NotImplementedError


def table(
    build: Callable[[str], nn.Module],
    seen: tuple[Tensor, Tensor],
    unseen: tuple[Tensor, Tensor],
    sizes: Sequence[int],
    epochs: int,
    rate: float,
    seeds: Sequence[int],
) -> Tensor:
    """Accuracies on unseen images, shape (2, len(sizes)): row 0 batch normalization, row 1 layer normalization.

    build: build("batch") and build("layer") give a new network; its first weights come from torch's global generator
    seen, unseen: images and labels to train on, and images and labels to measure on
    sizes: the batch sizes, one for each column
    seeds: each entry of the table is the mean over these

    For each norm, size and seed one network is built and trained. Those of one seed begin with the same weights and
    take the images in the same order: each time, seed torch with it, and with it a new generator for the order as well.
    """
    raise NotImplementedError

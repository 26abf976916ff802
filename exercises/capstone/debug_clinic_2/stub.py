"""From images to batches. The script runs, the model trains, and four faults are in it: find and mend them."""

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import nn
from torch.nn import functional as F


class Data(NamedTuple):
    """Images, (N, …), and their labels, (N,)."""

    images: torch.Tensor
    labels: torch.Tensor


def split(data: Data, share: float, generator: torch.Generator) -> tuple[Data, Data]:
    """A training set and a test set, drawn at random with generator.

    The test set has int(share · N) samples, the training set all others: each sample is in exactly one of them, and
    each image keeps its label.
    """
    count = int(share * len(data.labels))
    in_test = torch.randperm(len(data.labels), generator=generator)[:count]
    in_train = torch.randperm(len(data.labels), generator=generator)[count:]
    return Data(data.images[in_train], data.labels[in_train]), Data(data.images[in_test], data.labels[in_test])


def standardise(train: Data, test: Data) -> tuple[Data, Data]:
    """Both sets with images (x − mean) / deviation, pixel by pixel.

    A test set stands for images that nobody has seen yet: what is done to it may depend on the training set alone.
    The deviation divides by N (correction=0); where it is 0, images are divided by 1.
    """
    images = torch.cat([train.images, test.images])
    mean = images.mean(dim=0)
    deviation = images.std(dim=0, correction=0)
    deviation = torch.where(deviation == 0, torch.ones_like(deviation), deviation)
    train = train._replace(images=(train.images - mean) / deviation)
    return train, test._replace(images=(test.images - mean) / deviation)


def prepare(data: Data, share: float, generator: torch.Generator) -> tuple[Data, Data]:
    """Training set and test set, split and standardised."""
    return standardise(*split(data, share, generator))


def with_noise(images: torch.Tensor, noise: float, generator: torch.Generator) -> torch.Tensor:
    """The images plus noise · (standard normal values drawn from generator), in a new tensor."""
    images += noise * torch.randn(images.shape, generator=generator).to(images)
    return images


def batches_of(data: Data, size: int, noise: float, generator: torch.Generator) -> Iterator[Data]:
    """Batches for one epoch, each of size samples, the last one with the rest: in an order drawn from generator, and
    with noise drawn anew on the images.

    What is stored in data stays as it is, so that the noise does not pile up from epoch to epoch.
    """
    order = torch.randperm(len(data.labels), generator=generator)
    images = with_noise(data.images, noise, generator)
    for part, own in zip(images[order].split(size), data.labels.split(size), strict=True):
        yield Data(part, own)


def train_model(
    model: nn.Module, data: Data, *, epochs: int, rate: float, size: int, noise: float, generator: torch.Generator
) -> None:
    """Train with plain SGD and the mean cross-entropy of each batch."""
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    for _epoch in range(epochs):
        for images, labels in batches_of(data, size, noise, generator):
            loss = F.cross_entropy(model(images), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

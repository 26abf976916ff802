"""Accuracy against batch size, for batch and for layer normalization."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def train(
    model: nn.Module, images: Tensor, labels: Tensor, size: int, epochs: int, rate: float, generator: torch.Generator
) -> None:
    """SGD on the cross-entropy of batches of exactly `size` images, with a step of rate · size."""
    optimizer = torch.optim.SGD(model.parameters(), lr=rate * size)
    model.train()
    for _epoch in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for batch in order.split(size):
            if len(batch) == size:
                optimizer.zero_grad()
                F.cross_entropy(model(images[batch]), labels[batch]).backward()
                optimizer.step()


def accuracy(model: nn.Module, images: Tensor, labels: Tensor) -> float:
    """The share of the images that the model recognises in evaluation mode."""
    model.eval()
    return (model(images).argmax(1) == labels).double().mean().item()


def table(
    build: Callable[[str], nn.Module],
    seen: tuple[Tensor, Tensor],
    unseen: tuple[Tensor, Tensor],
    sizes: Sequence[int],
    epochs: int,
    rate: float,
    seeds: Sequence[int],
) -> Tensor:
    """Mean accuracies on unseen images: a row for each norm, a column for each batch size."""
    means = torch.zeros(2, len(sizes))
    for row, norm in enumerate(("batch", "layer")):
        for column, size in enumerate(sizes):
            for seed in seeds:
                torch.manual_seed(seed)
                model = build(norm)
                train(model, *seen, size, epochs, rate, torch.Generator().manual_seed(seed))
                means[row, column] += accuracy(model, *unseen) / len(seeds)
    return means

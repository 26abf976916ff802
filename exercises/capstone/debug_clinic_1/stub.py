"""Train a classifier, step by step. The script runs, its loss falls, and four faults are in it: find and mend them."""

from collections.abc import Iterable, Iterator

import torch
from torch import nn
from torch.nn import functional as F

Batch = tuple[torch.Tensor, torch.Tensor]


def batches_of(
    images: torch.Tensor, labels: torch.Tensor, size: int, generator: torch.Generator | None = None
) -> Iterator[Batch]:
    """Batches of at most size samples, in an order drawn from generator; without one, as the samples stand."""
    order = torch.arange(len(images)) if generator is None else torch.randperm(len(images), generator=generator)
    for chosen in order.split(size):
        yield images[chosen], labels[chosen]


def train_epoch(model: nn.Module, optimizer: torch.optim.Optimizer, batches: Iterable[Batch]) -> float:
    """Train on each batch once: one step of the optimizer with the mean cross-entropy of this batch.

    model:   (N, …) -> logits (N, C), trained in train mode
    batches: pairs of images (N, …) and class indices (N,), int64; N differs from batch to batch

    Returns the mean of the cross-entropy over all samples of the epoch, each as it was before the step of its batch: a
    float (a tensor of shape () without a graph will do). While the epoch runs, graphs do not pile up: that of a batch
    is let go after its step, at the latest when the next batch has one.
    """
    model.train()
    total, count = 0.0, 0
    for images, labels in batches:
        probabilities = model(images).softmax(dim=1)
        loss = F.cross_entropy(probabilities, labels)
        loss.backward()
        optimizer.step()
        total += loss * len(labels)
        count += len(labels)
    return total / count


@torch.no_grad()
def predict(model: nn.Module, images: torch.Tensor) -> torch.Tensor:
    """The probabilities of the classes, in eval mode and without a graph: (N, C), each row sums to 1."""
    model.eval()
    return model(images).softmax(dim=1)


@torch.no_grad()
def evaluate(model: nn.Module, batches: Iterable[Batch]) -> tuple[float, float]:
    """The mean cross-entropy over all samples, and the share of them that is recognised: in eval mode, no graph.

    Both are those of the whole set, however it is cut into batches.
    """
    model.eval()
    losses, accuracies = [], []
    for images, labels in batches:
        logits = model(images)
        losses.append(F.cross_entropy(logits, labels).item())
        accuracies.append((logits.argmax(dim=1) == labels).float().mean().item())
    return sum(losses) / len(losses), sum(accuracies) / len(accuracies)


def fit(
    model: nn.Module, train: Batch, test: Batch, *, epochs: int, rate: float, size: int, seed: int
) -> list[tuple[float, float, float]]:
    """Train with plain SGD; for each epoch the mean loss while training, then loss and accuracy on the test set."""
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    history = []
    for _epoch in range(epochs):
        train_loss = train_epoch(model, optimizer, batches_of(*train, size, generator))
        history.append((train_loss, *evaluate(model, batches_of(*test, size))))
    return history

"""Accumulation, schedule, evaluation and the best weights. It runs, and four faults are in it: find and mend them."""

import math
from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional as F

Batch = tuple[torch.Tensor, torch.Tensor]


def train_epoch(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    scheduler: torch.optim.lr_scheduler.LRScheduler,
    batches: Sequence[Batch],
    accumulate: int,
) -> None:
    """Train on each batch once; every accumulate batches make one step of the optimizer, as if they were one batch.

    The gradient of a step is that of the mean cross-entropy over all samples of its batches, which go through the model
    one after the other. After each step of the optimizer, and at no other time, the scheduler makes one: the first step
    of the optimizer has the first rate of the schedule. Gradients that are there before the epoch do not count.

    model:   in train mode, which may be set here or by the caller
    batches: pairs of images and labels, all of the same size; their number is a multiple of accumulate
    """
    optimizer.zero_grad()
    for number, (images, labels) in enumerate(batches, start=1):
        loss = F.cross_entropy(model(images), labels)
        loss.backward()
        if number % accumulate == 0:
            scheduler.step()
            optimizer.step()
            optimizer.zero_grad()


@torch.no_grad()
def evaluate(model: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> float:
    """The share of the images that is recognised in eval mode. No parameter or buffer of the model changes by that."""
    right = model(images).argmax(dim=1) == labels
    return right.float().mean().item()


class Best:
    """The best score so far, and the weights that reached it: of equal scores the first.

    score: −inf before the first update
    state: all that state_dict() held when that score came, with the values of then; None before the first update
    """

    def __init__(self) -> None:
        self.score = -math.inf
        self.state: dict[str, torch.Tensor] | None = None

    def update(self, score: float, model: nn.Module) -> None:
        if score > self.score:
            self.score = score
            self.state = model.state_dict()


def fit(
    model: nn.Module, batches: Sequence[Batch], valid: Batch, *, epochs: int, rate: float, accumulate: int
) -> list[float]:
    """Train in train mode, with plain SGD and a rate that falls in a straight line from rate towards 0.

    After each epoch the model is evaluated on valid. At the end it holds the weights of the best epoch.
    Returns the accuracies, one for each epoch.
    """
    steps = epochs * len(batches) // accumulate
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 - step / steps)
    best, accuracies = Best(), []
    model.train()
    for _epoch in range(epochs):
        train_epoch(model, optimizer, scheduler, batches, accumulate)
        accuracies.append(evaluate(model, *valid))
        best.update(accuracies[-1], model)
    model.load_state_dict(best.state)
    return accuracies

"""Test-then-train on a stream."""

from collections.abc import Iterable, Iterator

import torch
from torch import nn
from torch.nn import functional as F


def learn_stream(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    stream: Iterable[tuple[torch.Tensor, torch.Tensor]],
) -> Iterator[float]:
    """Yield, for each sample of the stream, the prequential accuracy so far."""
    right = 0
    for seen, (x, target) in enumerate(stream, start=1):
        logits = model(x.unsqueeze(0))  # (1, C)
        right += int(logits.argmax() == target)

        optimizer.zero_grad()
        F.cross_entropy(logits, target.unsqueeze(0)).backward()
        optimizer.step()
        yield right / seen

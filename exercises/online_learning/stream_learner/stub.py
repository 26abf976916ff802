"""Test-then-train: learn from a stream that never ends, and say at every moment how well it goes."""

from collections.abc import Iterable, Iterator

import torch
from torch import nn


def learn_stream(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    stream: Iterable[tuple[torch.Tensor, torch.Tensor]],
) -> Iterator[float]:
    """Yield, for each sample of the stream, the prequential accuracy so far.

    model:     takes a batch of inputs, shape (N, ...), and returns logits, shape (N, C)
    optimizer: updates the model's parameters
    stream:    pairs (x, target) without a batch dimension; target is a class index of shape (), int64. It may be
               endless, can be read once only, and is too large to be kept

    yields:    floats. The k-th is the share of right predictions among those for the first k samples, each made
               before the model has learned from that sample. When it is yielded, the model has been updated once, with
               the cross-entropy of that sample alone, for each of the k samples, and no further sample has been drawn.
               When the stream ends, so do the values.
    """
    # Write the loop here. A function with `yield` in it is a generator: it runs on only while somebody asks for values.
    raise NotImplementedError

"""One update from one sample."""

from collections.abc import Callable

import torch
from torch import nn


def one_sample_step(
    model: nn.Module,
    criterion: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    optimizer: torch.optim.Optimizer,
    x: torch.Tensor,
    target: torch.Tensor,
) -> float:
    """Update the model from one sample, and return its loss before the update."""
    optimizer.zero_grad()
    loss = criterion(model(x.unsqueeze(0)), target.unsqueeze(0))
    loss.backward()
    optimizer.step()
    return loss.item()

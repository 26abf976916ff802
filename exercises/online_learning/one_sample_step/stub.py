"""One update from one sample: the step that online learning repeats for ever."""

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
    """Update the model from one sample, and return its loss.

    model:     takes a batch of inputs, shape (N, ...), and returns a batch of outputs
    criterion: criterion(outputs, targets) -> a tensor of shape (); both have the batch dimension in front
    optimizer: updates the model's parameters; it belongs to the caller and lives on from sample to sample
    x:         one input without a batch dimension, any shape, such as (64,) or (1, 8, 8)
    target:    its target without a batch dimension: shape () for a class index, (K,) for K numbers

    returns:   the loss before the update, a Python float

    Only this sample counts: gradients that lie on the parameters when the step begins do not enter the update.
    x and target stay as they were, shape included.
    """
    # Write the step here.
    raise NotImplementedError

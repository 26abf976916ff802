"""Model parallelism: a network that lies on several devices."""

from collections.abc import Callable, Sequence

import torch
from torch import nn


class Staged(nn.Module):
    """Stages that are applied one after the other, each on a device of its own.

    Staged(stages, devices): stages[i] lies on devices[i], with its parameters and buffers, from the start and for
        good; both have the same length, 2 or more. The stages are submodules: parameters(), state_dict() and train()
        reach them.

    forward(x) -> the output of the last stage, on devices[-1]
        x: any device, shape (N, …). Each stage computes on its own device. Gradients reach every parameter, and x if
        it requires them.
    """

    def __init__(self, stages: Sequence[nn.Module], devices: Sequence[torch.device]) -> None:
        super().__init__()
        # Put each stage where it belongs.

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        raise NotImplementedError


def train_step(
    model: Staged,
    optimizer: torch.optim.Optimizer,
    criterion: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    x: torch.Tensor,
    target: torch.Tensor,
) -> torch.Tensor:
    """One step of training on one batch, with the gradients of this batch alone.

    optimizer: has all parameters of the model
    criterion: criterion(output, target) has shape (); it wants both on one device
    x, target: on any device

    Returns the loss before the step, shape (), on any device.
    """
    raise NotImplementedError

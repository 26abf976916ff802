"""Data parallelism by hand: one batch, several devices, one gradient."""

from collections.abc import Callable, Sequence

import torch
from torch import nn


def data_parallel_backward(
    model: nn.Module,
    criterion: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    x: torch.Tensor,
    target: torch.Tensor,
    devices: Sequence[torch.device],
) -> tuple[torch.Tensor, torch.Tensor]:
    """Forward and backward of one batch, shared among all devices.

    model:     lies on devices[0], and stays there, with the very same parameters
    criterion: criterion(output, target) is the *mean* over the rows that it is given, shape ()
    x, target: shapes (N, …) and (N, …), on any device; N is 1 or more, and need not be a multiple of len(devices)
    devices:   k devices, all different

    Every row goes to one device: consecutive parts, in the order of the devices, none larger than ceil(N / k) rows, and
    none empty (so some devices may stay idle). Each part is computed on its device, by a copy of the model's present
    parameters there.

    Returns (output, loss), both on devices[0]; they need not be part of a graph:
        output: what model(x) is, shape (N, …)
        loss:   what criterion(model(x), target) is, shape ()

    As after criterion(model(x), target).backward(), each parameter's gradient has been *added* to its .grad, on
    devices[0]; the .grad of a frozen parameter (requires_grad=False) stays None.
    """
    # Scatter the rows, replicate the model, apply it, gather the outputs, and sum the gradients.
    raise NotImplementedError

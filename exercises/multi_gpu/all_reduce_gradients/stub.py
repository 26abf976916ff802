"""What DistributedDataParallel does, with collective calls of one's own."""

import torch
import torch.distributed as dist
from torch import nn


def broadcast_parameters(model: nn.Module) -> None:
    """Give the model on every rank the parameters and the buffers that it has on rank 0.

    Each rank calls this once, with its own copy of one architecture, before the first step. The Parameter objects stay
    the same and take other values, so that an optimizer made before knows them. Nothing is returned.
    """
    raise NotImplementedError


def average_gradients(model: nn.Module) -> None:
    """Replace each gradient by its mean over all ranks, on every rank.

    Each rank calls this between backward() and optimizer.step(). Nothing is returned; afterwards the .grad of every
    parameter that is trained (requires_grad=True) is the mean over the ranks, on its parameter's device.

    Where a rank has no gradient for a trained parameter (.grad is None there, not on another rank), it counts as zeros.
    The .grad of a frozen parameter (requires_grad=False, on all ranks) stays None.

    The process group is there: dist.get_world_size() says how many ranks it has, which may be 1.
    """
    raise NotImplementedError

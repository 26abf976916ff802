"""A whole DistributedDataParallel worker."""

from collections.abc import Callable

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, Dataset, DistributedSampler


def worker(
    model: nn.Module,
    dataset: Dataset,
    criterion: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    epochs: int,
    batch_size: int,
    lr: float,
    checkpoint: str,
    backend: str,
    device: torch.device,
) -> None:
    """Train together with the other ranks. Runs once in each process, as torchrun starts it.

    model:      on `device`; each rank's begins with other weights. It is trained in place: afterwards the same module
                has the trained parameters, on every rank
    dataset:    dataset[i] is a pair (x, target) of tensors on the CPU; all ranks have the same one. Load it in this
                process (num_workers=0). Its length need not be a multiple of the number of ranks
    criterion:  criterion(output, target) is the mean over a batch; call it once for each
    epochs:     how many times the ranks together go through the dataset: every row in every epoch, shared
                out as DistributedSampler does it, shuffled, and each epoch in another order
    batch_size: rows of one rank's batch; the last one of an epoch may be smaller
    lr:         of torch.optim.SGD, as it stands
    checkpoint: the path to which rank 0, and no other, writes the trained weights in the end: torch.save of a
                state_dict that a bare model loads, without DistributedDataParallel
    backend:    of the process group, for init_process_group; rank and world size come from the environment

    When it returns, the process group is destroyed.
    """
    raise NotImplementedError

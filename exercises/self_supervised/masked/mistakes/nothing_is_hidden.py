# mistake: leak
import torch
from torch import nn


def patchify(images: torch.Tensor, size: int) -> torch.Tensor:
    """Images (N, H, W) -> patches (N, P, size²)."""
    windows = images.unfold(1, size, size).unfold(2, size, size)  # (N, H / size, W / size, size, size)
    return windows.flatten(3).flatten(1, 2)


def random_mask(count: int, patches: int, hidden: int) -> torch.Tensor:
    """Which patches are hidden: (count, patches), exactly ``hidden`` in each row."""
    return torch.rand(count, patches).argsort(dim=1) < hidden


def masked_loss(predicted: torch.Tensor, patches: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """The mean squared error over all numbers of the hidden patches."""
    return (predicted - patches)[mask].square().mean()


def masked_step(
    model: nn.Module, optimizer: torch.optim.Optimizer, patches: torch.Tensor, mask: torch.Tensor
) -> torch.Tensor:
    """One step towards predicting hidden patches from the others."""
    loss = masked_loss(model(patches, mask), patches, mask)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss

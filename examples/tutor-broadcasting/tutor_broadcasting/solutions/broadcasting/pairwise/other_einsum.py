"""The difference first, then a product of it with itself that sums over the coordinates."""

import torch


def pairwise(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    difference = a[:, None, :] - b
    return torch.einsum("nmd,nmd->nm", difference, difference)

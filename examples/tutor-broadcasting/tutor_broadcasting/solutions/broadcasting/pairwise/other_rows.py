"""Row by row of b, stacked as columns."""

import torch


def pairwise(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    return torch.stack([((a - row) ** 2).sum(dim=-1) for row in b], dim=1)

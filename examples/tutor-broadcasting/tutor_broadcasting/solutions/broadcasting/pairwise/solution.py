"""Squared distances between two sets of points."""

import torch


def pairwise(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """The squared Euclidean distance between every row of a and every row of b."""
    return (a.unsqueeze(1) - b.unsqueeze(0)).square().sum(dim=2)  # (n, 1, d) - (1, m, d) -> (n, m, d) -> (n, m)

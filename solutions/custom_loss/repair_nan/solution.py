"""A loss for labels given as shares of votes, mended."""

import torch
from torch import nn


class SoftLabelLoss(nn.Module):
    """The weighted mean of the divergences KL(target ‖ softmax(logits)) of the rows."""

    def forward(self, logits: torch.Tensor, target: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        log_prob = logits.log_softmax(dim=1)  # (n, k)
        divergence = (torch.xlogy(target, target) - target * log_prob).sum(dim=1)  # (n,)
        total = weight.sum()
        total = torch.where(total == 0, torch.ones_like(total), total)
        return (weight * divergence).sum() / total

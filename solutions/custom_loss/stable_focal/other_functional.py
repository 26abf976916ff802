"""From torch's cross-entropy per element: softplus(z) is the same cross-entropy plus z."""

import torch
from torch import nn
from torch.nn import functional as F


def focal(logits: torch.Tensor, target: torch.Tensor, gamma: float) -> torch.Tensor:
    cross_entropy = F.binary_cross_entropy_with_logits(logits, target, reduction="none")  # -log p
    opposite = F.binary_cross_entropy_with_logits(logits, 1 - target, reduction="none")  # -log(1 - p)
    return (cross_entropy * torch.exp(-gamma * opposite)).mean()


class FocalLoss(nn.Module):
    def __init__(self, gamma: float = 2.0) -> None:
        super().__init__()
        self.gamma = gamma

    def forward(self, logits: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        return focal(logits, target, self.gamma)

"""With an ordinary power, whose base is kept off zero by the smallest normal number of its dtype."""

import torch
from torch import nn
from torch.nn import functional as F


class FocalLoss(nn.Module):
    def __init__(self, gamma: float = 2.0) -> None:
        super().__init__()
        self.gamma = gamma

    def forward(self, logits: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        z = (2 * target - 1) * logits
        rest = torch.sigmoid(-z)  # 1 - p, without the subtraction that would lose its digits
        factor = rest.clamp_min(torch.finfo(rest.dtype).tiny) ** self.gamma
        return (factor * F.softplus(-z)).mean()

"""Binary focal loss from logits, finite for every logit."""

import torch
from torch import nn
from torch.nn import functional as F


class FocalLoss(nn.Module):
    """The mean of (1 - p)^gamma * (-log p), p the probability given to the true class (Lin et al., 2017)."""

    def __init__(self, gamma: float = 2.0) -> None:
        super().__init__()
        self.gamma = gamma

    def forward(self, logits: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        z = torch.where(target == 1, logits, -logits)  # the logit towards the true class
        log_p = F.logsigmoid(z)
        log_rest = F.logsigmoid(-z)  # log(1 - p)
        return -((self.gamma * log_rest).exp() * log_p).mean()

"""As a softmax over two classes whose logits are 0 and x: no sigmoid, no sign."""

import torch
from torch import nn


class FocalLoss(nn.Module):
    def __init__(self, gamma: float = 2.0) -> None:
        super().__init__()
        self.gamma = gamma

    def forward(self, logits: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        log_p = torch.stack([torch.zeros_like(logits), logits], dim=-1).log_softmax(dim=-1)  # (…, 2)
        true = target.long().unsqueeze(-1)  # (…, 1)
        hit, miss = log_p.gather(-1, true), log_p.gather(-1, 1 - true)
        return torch.mean(torch.exp(self.gamma * miss) * -hit)

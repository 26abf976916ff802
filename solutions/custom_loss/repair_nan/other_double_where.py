"""The same with the input made harmless first, and an early return that stays in the graph."""

import torch
from torch import nn


class SoftLabelLoss(nn.Module):
    def forward(self, logits: torch.Tensor, target: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        total = weight.sum()
        if total == 0:
            return (logits * 0.0).sum()
        log_prob = logits - logits.logsumexp(dim=1, keepdim=True)
        voted = target > 0
        safe = torch.where(voted, target, torch.ones_like(target))
        terms = torch.where(voted, target * (safe.log() - log_prob), torch.zeros_like(target))
        return (weight.unsqueeze(1) * terms).sum() / total

"""A module for the standard term, another for one's own, and the last step as a dot product with the weights."""

import torch
from torch import nn


class NegativeEntropy(nn.Module):
    """The mean over the batch of sum p log p, as log p averaged over p's own distribution."""

    def forward(self, logits: torch.Tensor) -> torch.Tensor:
        log_p = logits - logits.logsumexp(dim=1, keepdim=True)
        return torch.linalg.vecdot(log_p.exp(), log_p).mean()


class ConfidencePenaltyLoss(nn.Module):
    def __init__(self, beta: float = 0.1) -> None:
        super().__init__()
        self.cross_entropy = nn.CrossEntropyLoss()
        self.negative_entropy = NegativeEntropy()
        self.beta = beta

    def forward(self, logits: torch.Tensor, target: torch.Tensor) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        parts = [self.cross_entropy(logits, target), self.negative_entropy(logits).mul(self.beta)]
        return torch.stack(parts).sum(), dict(zip(("cross_entropy", "penalty"), parts, strict=True))

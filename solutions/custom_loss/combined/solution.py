"""Cross-entropy with a confidence penalty: a standard loss and a term of one's own, weighted and reported apart."""

import torch
from torch import nn
from torch.nn import functional as F


class ConfidencePenaltyLoss(nn.Module):
    """Cross-entropy minus beta times the entropy of the predicted distribution (Pereyra et al., 2017)."""

    def __init__(self, beta: float = 0.1) -> None:
        super().__init__()
        self.beta = beta

    def forward(self, logits: torch.Tensor, target: torch.Tensor) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        log_p = F.log_softmax(logits, dim=1)  # (N, C)
        entropy = -(log_p.exp() * log_p).sum(dim=1)  # (N,)
        parts = {
            "cross_entropy": F.nll_loss(log_p, target),
            "penalty": -self.beta * entropy.mean(),
        }
        return parts["cross_entropy"] + parts["penalty"], parts

"""As functions, from torch's own cross-entropy and the entropy of torch.distributions."""

import torch
from torch import nn
from torch.distributions import Categorical
from torch.nn import functional as F


def confidence_penalty(logits: torch.Tensor) -> torch.Tensor:
    return -Categorical(logits=logits).entropy().mean()


class ConfidencePenaltyLoss(nn.Module):
    def __init__(self, beta: float = 0.1) -> None:
        super().__init__()
        self.weights = {"cross_entropy": 1.0, "penalty": beta}

    def forward(self, logits: torch.Tensor, target: torch.Tensor) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        terms = {"cross_entropy": F.cross_entropy(logits, target), "penalty": confidence_penalty(logits)}
        parts = {name: self.weights[name] * term for name, term in terms.items()}
        return sum(parts.values()), parts

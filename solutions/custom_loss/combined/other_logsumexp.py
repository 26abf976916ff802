"""Written out with logsumexp alone: both terms are differences between logsumexp and a mean logit."""

import torch
from torch import nn


class ConfidencePenaltyLoss(nn.Module):
    def __init__(self, beta: float = 0.1) -> None:
        super().__init__()
        self.register_buffer("beta", torch.tensor(float(beta)))

    def forward(self, logits: torch.Tensor, target: torch.Tensor) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        log_z = torch.logsumexp(logits, dim=-1)  # (N,)
        true_logit = logits[torch.arange(len(target), device=logits.device), target]  # (N,)
        expected_logit = torch.einsum("nc,nc->n", logits.softmax(-1), logits)  # (N,)
        cross_entropy = torch.mean(log_z - true_logit)
        penalty = torch.mean(expected_logit - log_z) * self.beta
        return torch.add(cross_entropy, penalty), {"cross_entropy": cross_entropy, "penalty": penalty}

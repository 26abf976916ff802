"""Cross-entropy with a confidence penalty: a standard loss and a term of one's own, weighted and reported apart."""

import torch
from torch import nn
from torch.nn import functional as F


class ConfidencePenaltyLoss(nn.Module):
    """Cross-entropy minus beta times the entropy of the predicted distribution (Pereyra et al., 2017).

    forward(logits, target) -> (total, parts)

    beta:   a fixed number, 0 or more: the weight of the penalty; no nn.Parameter
    logits: scores before any softmax, shape (N, C); gradients must reach them
    target: class indices, shape (N,), int64

    total:  a tensor of shape (), with the dtype of the logits
    parts:  a dict of two tensors of shape (), as they enter the sum, still in the graph:
            "cross_entropy"  the mean cross-entropy
            "penalty"        -beta times the entropy, averaged over the batch
    """

    def __init__(self, beta: float = 0.1) -> None:
        super().__init__()
        # Keep beta here.

    def forward(self, logits: torch.Tensor, target: torch.Tensor) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        # Write both parts here, add them up, and return the sum together with the parts.
        raise NotImplementedError

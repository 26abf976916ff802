"""A loss for labels given as shares of votes. It works, until it meets one of three kinds of batch."""

import torch
from torch import nn


class SoftLabelLoss(nn.Module):
    """The weighted mean of the divergences KL(target ‖ softmax(logits)) of the rows.

    forward(logits, target, weight) -> a tensor of shape (), with the dtype of the logits

    logits: (n, k), between −10⁴ and 10⁴; gradients must reach them
    target: (n, k), the shares of the votes: each row ≥ 0 with sum 1, and many shares are exactly 0
    weight: (n,), ≥ 0: how much each row counts. Their sum may be tiny (10⁻²⁰); where it is 0, the loss is 0
            and the gradient of the logits is all zeros (not None)

    Value and gradient equal the equation of the lesson, in float64 to one part in 10¹⁰. The target and the weights
    are data: they need no gradient. All three arguments are left as they are.
    """

    def forward(self, logits: torch.Tensor, target: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        # Right on paper, and right for most batches. Mend the overflow, the logarithm of 0 and the division by 0.
        exp = logits.exp()
        prob = exp / exp.sum(dim=1, keepdim=True)  # (n, k)
        divergence = (target * (target / prob).log()).sum(dim=1)  # (n,)
        return (weight * divergence).sum() / weight.sum()

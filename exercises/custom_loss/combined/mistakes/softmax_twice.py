# mistake: logits
import torch
from torch import nn
from torch.nn import functional as F


class ConfidencePenaltyLoss(nn.Module):
    def __init__(self, beta=0.1):
        super().__init__()
        self.beta = beta

    def forward(self, logits, target):
        p = logits.softmax(dim=1)
        log_p = F.log_softmax(logits, dim=1)
        parts = {
            "cross_entropy": F.cross_entropy(p, target),
            "penalty": self.beta * (p * log_p).sum(dim=1).mean(),
        }
        return parts["cross_entropy"] + parts["penalty"], parts

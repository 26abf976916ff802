# mistake: sign
import torch
from torch import nn
from torch.nn import functional as F


class ConfidencePenaltyLoss(nn.Module):
    def __init__(self, beta=0.1):
        super().__init__()
        self.beta = beta

    def forward(self, logits, target):
        log_p = F.log_softmax(logits, dim=1)
        entropy = -(log_p.exp() * log_p).sum(dim=1).mean()
        parts = {"cross_entropy": F.cross_entropy(logits, target), "penalty": self.beta * entropy}
        return parts["cross_entropy"] + parts["penalty"], parts

# mistake: cross-entropy
import torch
from torch import nn
from torch.nn import functional as F


class SoftLabelLoss(nn.Module):
    def forward(self, logits, target, weight):
        each = F.cross_entropy(logits, target, reduction="none")
        total = weight.sum()
        return (weight * each).sum() / (total + (total == 0))

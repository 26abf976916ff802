# mistake: power-at-zero
import torch
from torch import nn
from torch.nn import functional as F


class FocalLoss(nn.Module):
    def __init__(self, gamma=2.0):
        super().__init__()
        self.gamma = gamma

    def forward(self, logits, target):
        p = logits.sigmoid()
        p_true = p * target + (1 - p) * (1 - target)
        cross_entropy = F.binary_cross_entropy_with_logits(logits, target, reduction="none")
        return (cross_entropy * (1 - p_true) ** self.gamma).mean()

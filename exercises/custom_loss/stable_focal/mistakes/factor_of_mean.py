# mistake: gamma
import torch
from torch import nn
from torch.nn import functional as F


class FocalLoss(nn.Module):
    def __init__(self, gamma=2.0):
        super().__init__()
        self.gamma = gamma

    def forward(self, logits, target):
        cross_entropy = F.binary_cross_entropy_with_logits(logits, target)
        rest = -torch.expm1(-cross_entropy)
        return rest**self.gamma * cross_entropy

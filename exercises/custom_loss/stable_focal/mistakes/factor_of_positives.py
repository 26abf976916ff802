# mistake: true-class
import torch
from torch import nn
from torch.nn import functional as F


class FocalLoss(nn.Module):
    def __init__(self, gamma=2.0):
        super().__init__()
        self.gamma = gamma

    def forward(self, logits, target):
        factor = (self.gamma * F.logsigmoid(-logits)).exp()
        return (factor * F.binary_cross_entropy_with_logits(logits, target, reduction="none")).mean()

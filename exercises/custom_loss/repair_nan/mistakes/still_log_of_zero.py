# mistake: zero-times-log
import torch
from torch import nn
from torch.nn import functional as F


class SoftLabelLoss(nn.Module):
    def forward(self, logits, target, weight):
        divergence = (target * (target.log() - logits.log_softmax(dim=1))).sum(dim=1)
        total = weight.sum()
        return (weight * divergence).sum() / (total + (total == 0))

# mistake: zero-times-log
import torch
from torch import nn
from torch.nn import functional as F


class SoftLabelLoss(nn.Module):
    def forward(self, logits, target, weight):
        weight = weight * (target > 0).all(dim=1)
        log_prob = logits.log_softmax(dim=1)
        divergence = (torch.xlogy(target, target) - target * log_prob).sum(dim=1)
        total = weight.sum()
        return (weight * divergence).sum() / (total + (total == 0))

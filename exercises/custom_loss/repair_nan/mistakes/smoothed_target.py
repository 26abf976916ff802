# mistake: eps
import torch
from torch import nn
from torch.nn import functional as F


class SoftLabelLoss(nn.Module):
    def forward(self, logits, target, weight):
        target = target + 1e-3
        target = target / target.sum(dim=1, keepdim=True)
        log_prob = logits.log_softmax(dim=1)
        divergence = (target * (target.log() - log_prob)).sum(dim=1)
        total = weight.sum()
        return (weight * divergence).sum() / (total + (total == 0))

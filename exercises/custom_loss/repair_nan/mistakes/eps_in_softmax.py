# mistake: log-softmax
import torch
from torch import nn
from torch.nn import functional as F


class SoftLabelLoss(nn.Module):
    def forward(self, logits, target, weight):
        log_prob = (logits.softmax(dim=1) + 1e-8).log()
        divergence = (torch.xlogy(target, target) - target * log_prob).sum(dim=1)
        total = weight.sum()
        return (weight * divergence).sum() / (total + (total == 0))

# mistake: eps
import torch
from torch import nn
from torch.nn import functional as F


class SoftLabelLoss(nn.Module):
    def forward(self, logits, target, weight):
        log_prob = logits.log_softmax(dim=1)
        divergence = (torch.xlogy(target, target) - target * log_prob).sum(dim=1)
        return (weight * divergence).sum() / (weight.sum() + 1e-8)

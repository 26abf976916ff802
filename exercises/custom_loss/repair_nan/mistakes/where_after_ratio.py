# mistake: where-trap
import torch
from torch import nn
from torch.nn import functional as F


class SoftLabelLoss(nn.Module):
    def forward(self, logits, target, weight):
        prob = logits.softmax(dim=1)
        terms = torch.where(target > 0, target * (target / prob).log(), torch.zeros_like(target))
        total = weight.sum()
        return (weight * terms.sum(dim=1)).sum() / (total + (total == 0))

# mistake: nan-to-num
import torch
from torch import nn
from torch.nn import functional as F


class SoftLabelLoss(nn.Module):
    def forward(self, logits, target, weight):
        exp = logits.exp()
        prob = exp / exp.sum(dim=1, keepdim=True)
        divergence = (target * (target / prob).log()).sum(dim=1)
        loss = (weight * divergence).sum() / weight.sum()
        if not torch.isfinite(loss):
            return (logits * 0).sum()
        return loss

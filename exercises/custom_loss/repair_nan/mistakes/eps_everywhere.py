# mistake: eps
import torch
from torch import nn
from torch.nn import functional as F


class SoftLabelLoss(nn.Module):
    def forward(self, logits, target, weight):
        exp = (logits - logits.amax(dim=1, keepdim=True)).exp()
        prob = exp / (exp.sum(dim=1, keepdim=True) + 1e-8)
        divergence = (target * ((target + 1e-8) / (prob + 1e-8)).log()).sum(dim=1)
        return (weight * divergence).sum() / (weight.sum() + 1e-8)

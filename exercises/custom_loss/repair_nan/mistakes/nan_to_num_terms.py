# mistake: nan-to-num
import torch
from torch import nn
from torch.nn import functional as F


class SoftLabelLoss(nn.Module):
    def forward(self, logits, target, weight):
        prob = logits.softmax(dim=1)
        terms = (target * (target / prob).log()).nan_to_num()
        share = (weight / weight.sum()).nan_to_num()
        return (share * terms.sum(dim=1)).sum()

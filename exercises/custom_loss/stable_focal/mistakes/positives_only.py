# mistake: true-class
import torch
from torch import nn
from torch.nn import functional as F


class FocalLoss(nn.Module):
    def __init__(self, gamma=2.0):
        super().__init__()
        self.gamma = gamma

    def forward(self, logits, target):
        log_p, log_rest = F.logsigmoid(logits), F.logsigmoid(-logits)
        return -(target * (self.gamma * log_rest).exp() * log_p).mean()

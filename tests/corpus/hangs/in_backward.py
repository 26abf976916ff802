# verdict: failed
# fault: timeout
# says: and was stopped.
# seconds: 0.8
#
# The value is right; the gradient never comes.
import torch
from torch import nn


class Endless(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.clone()

    @staticmethod
    def backward(ctx, gradient):
        while True:
            pass


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        return Endless.apply(((input - target) ** 2).mean())

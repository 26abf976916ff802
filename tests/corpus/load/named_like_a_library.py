# verdict: passed
# name: random
#
# The learner's file is called random.py. Python's own module of that name must stay what it is for everyone else.
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        # Shuffling draws from torch, and the loader's machinery from Python's random.
        for _ in DataLoader(TensorDataset(torch.zeros(4, 1)), shuffle=True):
            pass
        return ((input - target) ** 2).mean()

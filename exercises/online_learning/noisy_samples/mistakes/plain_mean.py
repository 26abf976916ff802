# mistake: plain-mean
import copy

import torch
from torch import nn
from torch.nn import functional as F


class SteadyLearner:
    def __init__(self, model, optimizer, max_norm, decay):
        self.model = model
        self.optimizer = optimizer
        self.max_norm = max_norm
        self.decay = decay
        self.averaged = copy.deepcopy(model)
        self.count = 1

    def step(self, x, target):
        self.optimizer.zero_grad()
        F.cross_entropy(self.model(x.unsqueeze(0)), target.unsqueeze(0)).backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), self.max_norm)
        self.optimizer.step()
        self.follow()

    @torch.no_grad()
    def follow(self):
        for average, parameter in zip(self.averaged.parameters(), self.model.parameters(), strict=True):
            average.lerp_(parameter, 1 / (self.count + 1))
        self.count += 1

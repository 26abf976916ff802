"""Clipped steps, and an exponential moving average of the weights."""

import copy

import torch
from torch import nn
from torch.nn import functional as F


class SteadyLearner:
    """Learns from one sample at a time, and keeps an exponential moving average of the model's parameters."""

    def __init__(self, model: nn.Module, optimizer: torch.optim.Optimizer, max_norm: float, decay: float) -> None:
        self.model = model
        self.optimizer = optimizer
        self.max_norm = max_norm
        self.decay = decay
        self.averaged = copy.deepcopy(model)

    def step(self, x: torch.Tensor, target: torch.Tensor) -> None:
        self.optimizer.zero_grad()
        F.cross_entropy(self.model(x.unsqueeze(0)), target.unsqueeze(0)).backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), self.max_norm)
        self.optimizer.step()
        self.follow()

    @torch.no_grad()
    def follow(self) -> None:
        for average, parameter in zip(self.averaged.parameters(), self.model.parameters(), strict=True):
            average.lerp_(parameter, 1 - self.decay)

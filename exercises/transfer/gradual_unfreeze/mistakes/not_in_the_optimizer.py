# mistake: joins
import torch
from torch import nn


class GradualUnfreezing:
    def __init__(self, optimizer: torch.optim.Optimizer, stages: list[nn.Module], every: int, factor: float) -> None:
        self.optimizer, self.every, self.factor = optimizer, every, factor
        self.frozen = list(stages[:-1])
        self.epochs = 0
        for stage in self.frozen:
            stage.requires_grad_(False)

    def step(self) -> None:
        self.epochs += 1
        if self.frozen and self.epochs % self.every == 0:
            self.frozen.pop().requires_grad_(True)

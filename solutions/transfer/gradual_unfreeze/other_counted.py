"""How many stages should be thawed follows from the number of epochs; whatever is behind that catches up."""

import torch
from torch import nn


class GradualUnfreezing:
    def __init__(self, optimizer: torch.optim.Optimizer, stages: list[nn.Module], every: int, factor: float):
        self.optimizer = optimizer
        self.stages = stages
        self.every = every
        self.factor = factor
        self.epoch = 0
        self.thawed = 1
        nn.ModuleList(stages[: len(stages) - 1]).requires_grad_(False)

    def step(self):
        self.epoch = self.epoch + 1
        wanted = min(1 + self.epoch // self.every, len(self.stages))
        while self.thawed < wanted:
            self.thawed += 1
            stage = self.stages[-self.thawed]
            stage.requires_grad_()
            above = self.optimizer.param_groups[self.thawed - 2]
            self.optimizer.add_param_group({"params": [*stage.parameters()], "lr": above["lr"] * self.factor})

"""The same with pairs picked by index."""

import torch
from torch import nn
from torch.nn import functional as F


class RelationNetwork(nn.Module):
    def __init__(self):
        super().__init__()
        self.cnn = nn.Sequential(nn.Conv2d(3, 24, 4, stride=4), nn.BatchNorm2d(24), nn.ReLU())
        self.g = nn.Sequential(nn.Linear(55, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU())
        self.f = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 3))
        steps = torch.linspace(-1, 1, 3)
        self.register_buffer("places", torch.cartesian_prod(steps, steps).flip(1))  # (9, 2), x first
        self.register_buffer("which", torch.cartesian_prod(torch.arange(9), torch.arange(9)))  # (81, 2)

    def forward(self, images, questions):
        cells = self.cnn(images).flatten(2).mT  # (B, 9, 24)
        cells = torch.cat([cells, self.places.expand(len(images), 9, 2)], -1)
        pairs = cells[:, self.which].flatten(2)  # (B, 81, 2, 26) -> (B, 81, 52)
        pairs = torch.cat([pairs, questions.unsqueeze(1).expand(-1, 81, -1)], -1)
        return self.f(self.g(pairs).sum(1))


def train_step(network, optimizer, images, questions, answers):
    network.zero_grad()
    log_p = network(images, questions).log_softmax(-1)
    loss = F.nll_loss(log_p, answers)
    loss.backward()
    optimizer.step()
    return loss.detach()

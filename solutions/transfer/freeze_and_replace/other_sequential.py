"""The children of the backbone but for the last, in a row; the features come without a graph."""

import torch
from torch import nn


class Transferred(nn.Module):
    def __init__(self, backbone: nn.Module, classes: int) -> None:
        super().__init__()
        *parts, old = backbone.children()
        self.features = nn.Sequential(*parts, nn.Flatten())
        for parameter in self.features.parameters():
            parameter.requires_grad = False
        self.classify = nn.Linear(old.weight.shape[1], classes)
        self.train()

    def train(self, mode: bool = True):
        self.training = mode
        self.features.train(False)
        self.classify.train(mode)
        return self

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            features = self.features(images)
        return self.classify(features)

# mistake: frozen
from typing import Self

import torch
from torch import nn


class Transferred(nn.Module):
    def __init__(self, backbone: nn.Module, classes: int) -> None:
        super().__init__()
        self.head = nn.Linear(backbone.fc.in_features, classes)
        backbone.fc = nn.Identity()
        self.backbone = backbone
        self.backbone.eval()

    def train(self, mode: bool = True) -> Self:
        super().train(mode)
        self.backbone.eval()
        return self

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.head(self.backbone(images))

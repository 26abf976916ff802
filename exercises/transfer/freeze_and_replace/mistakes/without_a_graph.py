# mistake: cut-graph
from typing import Self

import torch
from torch import nn


class Transferred(nn.Module):
    def __init__(self, backbone: nn.Module, classes: int) -> None:
        super().__init__()
        self.head = nn.Linear(backbone.fc.in_features, classes)
        backbone.fc = nn.Identity()
        self.backbone = backbone.requires_grad_(False)
        self.backbone.eval()

    def train(self, mode: bool = True) -> Self:
        super().train(mode)
        self.backbone.eval()
        return self

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            return self.head(self.backbone(images))

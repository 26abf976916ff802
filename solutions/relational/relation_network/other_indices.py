"""The same by indices, with the second object of a pair running slowly: the sum does not mind."""

import torch
from torch import nn


def objects_of(features: torch.Tensor) -> torch.Tensor:
    """The cells of a feature map (B, C, H, W) as objects with coordinates, (B, N, C + 2), N = H * W. Given."""
    batch, _, height, width = features.shape
    x = torch.linspace(-1, 1, width, dtype=features.dtype, device=features.device).expand(batch, 1, height, width)
    y = torch.linspace(-1, 1, height, dtype=features.dtype, device=features.device)
    y = y.unsqueeze(1).expand(batch, 1, height, width)
    return torch.cat((features, x, y), dim=1).flatten(2).transpose(1, 2)


class RelationNetwork(nn.Module):
    def __init__(self, cnn: nn.Module, g: nn.Module, f: nn.Module) -> None:
        super().__init__()
        self.eye, self.judge, self.mouth = cnn, g, f

    def relate(self, objects: torch.Tensor, question: torch.Tensor) -> torch.Tensor:
        n = objects.size(1)
        pair = torch.arange(n * n, device=objects.device)
        asked = question.unsqueeze(1).repeat(1, n * n, 1)
        triples = torch.cat([objects[:, pair % n], objects[:, pair // n], asked], -1)
        return self.mouth(torch.sum(self.judge(triples), dim=1))

    def forward(self, images: torch.Tensor, question: torch.Tensor) -> torch.Tensor:
        seen = self.eye(images)
        return self.relate(objects_of(seen), question)

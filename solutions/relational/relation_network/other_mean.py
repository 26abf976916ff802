"""The same sum as a mean times the number of pairs, over index lists from cartesian_prod."""

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
        self.steps = nn.ModuleList([cnn, g, f])

    def relate(self, objects: torch.Tensor, question: torch.Tensor) -> torch.Tensor:
        numbers = torch.arange(objects.shape[1], device=objects.device)
        pairs = torch.cartesian_prod(numbers, numbers)  # (N * N, 2)
        both = objects[:, pairs].flatten(2)  # (B, N * N, 2 * D)
        asked = question.unsqueeze(1).expand(-1, len(pairs), -1)
        relations = self.steps[1](torch.cat((both, asked), dim=2))
        return self.steps[2](relations.mean(dim=1) * len(pairs))

    def forward(self, images: torch.Tensor, question: torch.Tensor) -> torch.Tensor:
        return self.relate(objects_of(self.steps[0](images)), question)

"""A relation network around parts that are given: a CNN that sees, g that compares, f that answers."""

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
    """f(sum over all ordered pairs of g(object i, object j, question)) (Santoro et al., 2017)."""

    def __init__(self, cnn: nn.Module, g: nn.Module, f: nn.Module) -> None:
        super().__init__()
        self.cnn = cnn
        self.g = g
        self.f = f

    def relate(self, objects: torch.Tensor, question: torch.Tensor) -> torch.Tensor:
        """objects (B, N, D), question (B, Q), logits (B, A)."""
        count = objects.shape[1]
        first = objects.unsqueeze(2).expand(-1, -1, count, -1)  # (B, N, N, D)
        second = objects.unsqueeze(1).expand(-1, count, -1, -1)  # (B, N, N, D)
        asked = question[:, None, None].expand(-1, count, count, -1)  # (B, N, N, Q)
        relations = self.g(torch.cat((first, second, asked), dim=-1))  # (B, N, N, G)
        return self.f(relations.sum(dim=(1, 2)))

    def forward(self, images: torch.Tensor, question: torch.Tensor) -> torch.Tensor:
        """images (B, 3, H', W'), question (B, Q), logits (B, A)."""
        return self.relate(objects_of(self.cnn(images)), question)

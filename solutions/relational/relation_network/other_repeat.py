"""The same with images and pairs in one dimension, as many published versions do it."""

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
        self.parts = nn.ModuleDict({"sees": cnn, "compares": g, "answers": f})

    def relate(self, objects: torch.Tensor, question: torch.Tensor) -> torch.Tensor:
        b, n, d = objects.shape
        first = objects.repeat_interleave(n, dim=1).reshape(b * n * n, d)
        second = objects.repeat(1, n, 1).reshape(b * n * n, d)
        asked = torch.repeat_interleave(question, n * n, dim=0)
        compared = self.parts["compares"](torch.cat([first, second, asked], dim=1))
        return self.parts["answers"](torch.einsum("bpg->bg", compared.view(b, n * n, -1)))

    def forward(self, images: torch.Tensor, question: torch.Tensor) -> torch.Tensor:
        objects = objects_of(self.parts["sees"](images))
        return self.relate(objects, question)

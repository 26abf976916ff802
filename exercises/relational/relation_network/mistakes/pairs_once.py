# mistake: pairs
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
    def __init__(self, cnn, g, f):
        super().__init__()
        self.cnn = cnn
        self.g = g
        self.f = f

    def relate(self, objects, question):
        i, j = torch.triu_indices(objects.shape[1], objects.shape[1], device=objects.device)
        asked = question.unsqueeze(1).expand(-1, len(i), -1)
        pairs = torch.cat((objects[:, i], objects[:, j], asked), dim=2)
        return self.f(self.g(pairs).sum(1))

    def forward(self, images, question):
        return self.relate(objects_of(self.cnn(images)), question)

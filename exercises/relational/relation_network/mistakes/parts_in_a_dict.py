# mistake: modules
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
        self.parts = {"cnn": cnn, "g": g, "f": f}

    def relate(self, objects, question):
        n = objects.shape[1]
        pairs = torch.cat(
            (
                objects.unsqueeze(2).expand(-1, -1, n, -1),
                objects.unsqueeze(1).expand(-1, n, -1, -1),
                question[:, None, None].expand(-1, n, n, -1),
            ),
            dim=-1,
        )
        return self.parts["f"](self.parts["g"](pairs).sum((1, 2)))

    def forward(self, images, question):
        return self.relate(objects_of(self.parts["cnn"](images)), question)

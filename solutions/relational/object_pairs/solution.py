"""Every ordered pair of the objects in a feature map: what a relation network compares."""

import torch


def object_pairs(features: torch.Tensor) -> torch.Tensor:
    """All ordered pairs of cells, each with its coordinates (Santoro et al., 2017): (B, N * N, 2 * (C + 2))."""
    batch, _, height, width = features.shape
    kind = {"dtype": features.dtype, "device": features.device}
    x = torch.linspace(-1, 1, width, **kind).expand(batch, 1, height, width)
    y = torch.linspace(-1, 1, height, **kind).unsqueeze(1).expand(batch, 1, height, width)
    objects = torch.cat((features, x, y), dim=1).flatten(2).transpose(1, 2)  # (B, N, C + 2)
    count = objects.shape[1]
    first = objects.unsqueeze(2).expand(-1, -1, count, -1)  # (B, N, N, C + 2), the same along j
    second = objects.unsqueeze(1).expand(-1, count, -1, -1)  # (B, N, N, C + 2), the same along i
    return torch.cat((first, second), dim=-1).flatten(1, 2)

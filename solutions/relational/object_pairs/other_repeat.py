"""The same with a meshgrid and copies: repeat_interleave for the first of each pair, repeat for the second."""

import torch


def object_pairs(features: torch.Tensor) -> torch.Tensor:
    b, c, h, w = features.shape
    rows = torch.linspace(-1, 1, h, dtype=torch.float64)
    columns = torch.linspace(-1, 1, w, dtype=torch.float64)
    grid_y, grid_x = torch.meshgrid(rows, columns, indexing="ij")
    grid = torch.stack([grid_x, grid_y]).to(device=features.device, dtype=features.dtype)
    objects = torch.cat([features, grid.unsqueeze(0).repeat(b, 1, 1, 1)], dim=1)
    objects = objects.permute(0, 2, 3, 1).reshape(b, h * w, c + 2)
    left = objects.repeat_interleave(h * w, dim=1)
    right = objects.repeat(1, h * w, 1)
    return torch.cat([left, right], dim=2)

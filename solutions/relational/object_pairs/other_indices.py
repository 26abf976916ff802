"""The same by indices: which cell each pair takes first and second, worked out by whole-number division."""

import torch


def coordinate(index: torch.Tensor, size: int) -> torch.Tensor:
    return 2 * index / max(size - 1, 1) - 1


def object_pairs(features: torch.Tensor) -> torch.Tensor:
    n_images, _, height, width = features.shape
    n = height * width
    cells = torch.arange(n, device=features.device)
    column, row = (cells % width).double(), (cells // width).double()
    places = torch.stack((coordinate(column, width), coordinate(row, height)), dim=1).to(features.dtype)
    things = torch.cat((features.reshape(n_images, -1, n).mT, places.repeat(n_images, 1, 1)), dim=2)
    pairs = torch.arange(n * n, device=features.device)
    return torch.cat((things[:, pairs // n], things[:, pairs % n]), dim=2)

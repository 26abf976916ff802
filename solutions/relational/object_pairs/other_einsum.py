"""The same as sums with ones: an einsum spreads the first objects over j and the second ones over i."""

import torch


def spread(start: int, size: int, like: torch.Tensor) -> torch.Tensor:
    step = 2.0 / (size - 1) if size > 1 else 0.0
    return torch.arange(size, dtype=like.dtype, device=like.device) * step + start


def object_pairs(features: torch.Tensor) -> torch.Tensor:
    ones = features.new_ones(len(features), 1, *features.shape[2:])
    x = ones * spread(-1, features.size(3), features).view(1, 1, 1, -1)
    y = ones * spread(-1, features.size(2), features).view(1, 1, -1, 1)
    o = torch.cat([features, x, y], 1).flatten(start_dim=2)  # (B, D, N)
    along = o.new_ones(o.size(2))
    pairs = torch.stack([torch.einsum("bdi,j->bijd", o, along), torch.einsum("bdj,i->bijd", o, along)], dim=3)
    return pairs.reshape(len(features), o.size(2) ** 2, 2 * o.size(1))

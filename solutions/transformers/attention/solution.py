"""Scaled dot-product attention."""

import math

import torch


def attention(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, mask: torch.Tensor | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    """Output (…, T, V) and weights (…, T, S) of queries (…, T, E), keys (…, S, E) and values (…, S, V)."""
    scores = query @ key.mT / math.sqrt(query.shape[-1])
    if mask is None:
        weights = scores.softmax(dim=-1)
    else:
        # A row that is masked altogether becomes NaN in the softmax, and 0 after it.
        weights = scores.masked_fill(~mask, -math.inf).softmax(dim=-1).masked_fill(~mask, 0.0)
    return weights @ value, weights

"""Attention: each query takes a weighted mean of the values."""

import torch


def attention(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, mask: torch.Tensor | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    """Scaled dot-product attention (Vaswani et al., 2017). Returns (output, weights).

    query:  shape (…, T, E): T positions that ask, E numbers each
    key:    shape (…, S, E): S positions that are asked
    value:  shape (…, S, V): what each of those has to give
    mask:   bool, broadcastable to (…, T, S): True where the query may look at the key; None: everywhere

    output:  shape (…, T, V)
    weights: shape (…, T, S): those of one query sum to 1, and are exactly 0 where the mask is False.
             A query that may look nowhere has weights 0 and output 0.

    There may be any number of dimensions in front, none at all too. Gradients reach query, key and value, and are
    finite whatever the mask. The dtype is that of the query.
    """
    # Scores, mask, softmax, weighted mean.
    raise NotImplementedError

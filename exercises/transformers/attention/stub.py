"""Attention: each query takes a weighted mean of the values."""

import torch


def attention(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, mask: torch.Tensor | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    """Scaled dot-product attention (Vaswani et al., 2017). Returns (output, weights).

    query:  shape (…, T, E): T positions that ask, E numbers each
    key:    shape (…, S, E): S positions that are asked
    value:  shape (…, S, V): what each of those has to give
    mask:   bool: True where the query may look at the key; None: everywhere. It broadcasts to (…, T, S): dimensions in
            front may be missing, and any may be 1.

    output:  shape (…, T, V)
    weights: shape (…, T, S): those of one query sum to 1, and are exactly 0 where the mask is False.
             A query that may look nowhere has weights 0 and output 0.

    There may be any number of dimensions in front, none at all too, the same for query, key and value. All of these
    have one dtype, and so have output and weights. The gradients are those of the equation for query, key and value,
    and finite whatever the mask.
    """
    # Scores, mask, softmax, weighted mean.
    raise NotImplementedError

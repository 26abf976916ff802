"""Attention with several heads, each of which looks in its own way."""

import torch
from torch import nn


class MultiHeadAttention(nn.Module):
    """Multi-head attention, batch first, without dropout (Vaswani et al., 2017).

    q_proj, k_proj, v_proj, out_proj: nn.Linear(d_model, d_model), with bias; there are no other parameters

    forward(query, key, value, mask=None) -> (output, weights)

    query:   shape (B, T, d_model)
    key:     shape (B, S, d_model)
    value:   shape (B, S, d_model)
    mask:    bool, broadcastable to (B, heads, T, S), for example (T, S) or (B, 1, 1, S): True where the query may look
             at the key (every query may look somewhere); None: everywhere

    output:  shape (B, T, d_model)
    weights: shape (B, heads, T, S), those of each head

    Of a projected vector, head 0 has the first d_model / heads numbers, head 1 the next, and so on.

    Raises:
        ValueError: in __init__, where d_model is no multiple of heads.
    """

    def __init__(self, d_model: int, heads: int) -> None:
        super().__init__()
        # Make the four projections here.

    def forward(
        self, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, mask: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        # Project, split into heads, attend, join, project.
        raise NotImplementedError

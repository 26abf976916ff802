"""The block that a transformer is a stack of."""

import torch
from torch import nn


class EncoderBlock(nn.Module):
    """A pre-norm encoder block, batch first: what nn.TransformerEncoderLayer does with norm_first=True and "gelu".

    self_attn: nn.MultiheadAttention(d_model, heads, batch_first=True), or anything with parameters of the same names
               and shapes (in_proj_weight, in_proj_bias, out_proj.weight, out_proj.bias)
    linear1:   nn.Linear(d_model, d_ff)
    linear2:   nn.Linear(d_ff, d_model)
    norm1:     nn.LayerNorm(d_model), before the attention
    norm2:     nn.LayerNorm(d_model), before linear1

    dropout:   how likely, in training, a number of what a branch adds to the stream becomes 0. (More dropout inside a
               branch does no harm.)

    forward(x, padding=None) -> shape (B, T, d_model)

    x:       shape (B, T, d_model)
    padding: bool, shape (B, T), True where there is padding; None: nowhere. Each sequence has a real place. Outputs at
             padded places may be anything.
    """

    def __init__(self, d_model: int, heads: int, d_ff: int, dropout: float = 0.1) -> None:
        super().__init__()
        # Make self_attn, linear1, linear2, norm1, norm2, and what dropout needs.

    def forward(self, x: torch.Tensor, padding: torch.Tensor | None = None) -> torch.Tensor:
        # First the attention branch, then the feed-forward branch.
        raise NotImplementedError

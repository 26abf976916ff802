# mistake: pre-norm
import torch
from torch import nn
from torch.nn import functional as F


class EncoderBlock(nn.Module):
    """A pre-norm encoder block, batch first."""

    def __init__(self, d_model: int, heads: int, d_ff: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.self_attn = nn.MultiheadAttention(d_model, heads, batch_first=True)
        self.linear1 = nn.Linear(d_model, d_ff)
        self.linear2 = nn.Linear(d_ff, d_model)
        self.norm1 = nn.LayerNorm(d_model)
        self.norm2 = nn.LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: torch.Tensor, padding: torch.Tensor | None = None) -> torch.Tensor:
        h = self.norm1(x)
        attended, _ = self.self_attn(h, h, h, key_padding_mask=padding)
        x = h + self.dropout(attended)
        return x + self.dropout(self.linear2(F.gelu(self.linear1(self.norm2(x)))))

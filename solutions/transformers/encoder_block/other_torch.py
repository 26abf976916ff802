"""torch's own layer: the same parameters under the same names."""

from torch import nn


class EncoderBlock(nn.TransformerEncoderLayer):
    def __init__(self, d_model, heads, d_ff, dropout=0.1):
        super().__init__(d_model, heads, d_ff, dropout, "gelu", batch_first=True, norm_first=True)

    def forward(self, x, padding=None):
        return super().forward(x, src_key_padding_mask=padding)

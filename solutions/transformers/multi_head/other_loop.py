"""One head after the other, each with its own rows of the projections."""

import torch
from torch import nn
from torch.nn import functional as F


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, heads):
        super().__init__()
        self.width, rest = divmod(d_model, heads)
        if rest:
            raise ValueError("d_model must be a multiple of heads")
        for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
            setattr(self, name, nn.Linear(d_model, d_model))

    def forward(self, query, key, value, mask=None):
        outputs, maps = [], []
        heads = len(self.q_proj.weight) // self.width
        if mask is not None:
            mask = mask.expand(len(query), heads, query.shape[1], key.shape[1])
        for h in range(heads):
            mine = slice(h * self.width, (h + 1) * self.width)
            q = F.linear(query, self.q_proj.weight[mine], self.q_proj.bias[mine])
            k = F.linear(key, self.k_proj.weight[mine], self.k_proj.bias[mine])
            v = F.linear(value, self.v_proj.weight[mine], self.v_proj.bias[mine])
            scores = torch.bmm(q, k.transpose(1, 2)) / self.width**0.5
            if mask is not None:
                scores = torch.where(mask[:, h], scores, torch.finfo(scores.dtype).min)
            maps.append(torch.softmax(scores, -1))
            outputs.append(maps[-1] @ v)
        return self.out_proj(torch.cat(outputs, -1)), torch.stack(maps, 1)

"""Masks of -inf, places as parameters."""

import torch
from torch import nn
from torch.nn import functional as F


class DateRewriter(nn.Module):
    def __init__(self, vocab, longest, d_model, transformer):
        super().__init__()
        self.embedding = nn.Embedding(vocab, d_model, padding_idx=0)
        self.places = nn.Parameter(torch.randn(2, longest, d_model))
        self.transformer = transformer
        self.logits = nn.Linear(d_model, vocab)

    def forward(self, source, target):
        nothing = torch.zeros(source.shape, device=source.device).masked_fill(source == 0, -torch.inf)
        later = nn.Transformer.generate_square_subsequent_mask(target.shape[1], device=target.device)
        hidden = self.transformer(
            self.embedding(source) + self.places[0, : source.shape[1]],
            self.embedding(target) + self.places[1, : target.shape[1]],
            tgt_mask=later,
            src_key_padding_mask=nothing,
            memory_key_padding_mask=nothing,
        )
        return self.logits(hidden)


def teacher_forcing_loss(model, source, target):
    return F.cross_entropy(model(source, target[:, :-1]).transpose(1, 2), target[:, 1:])


def rewrite(model, source, start, steps):
    rows = torch.full((source.shape[0], 1), start, dtype=torch.int64, device=source.device)
    while rows.shape[1] <= steps:
        with torch.no_grad():
            logits = model(source, rows)
        rows = torch.hstack((rows, logits[:, -1:].argmax(2)))
    return rows[:, 1:]

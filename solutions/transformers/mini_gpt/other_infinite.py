"""A mask of -inf, and positions as a parameter."""

import torch
from torch import nn
from torch.nn import functional as F


class TinyGPT(nn.Module):
    def __init__(self, vocab, context, d_model, encoder):
        super().__init__()
        self.encoder = encoder
        self.vectors = nn.Parameter(torch.randn(vocab, d_model))
        self.places = nn.Parameter(torch.randn(context, d_model))
        self.head = nn.Linear(d_model, vocab)

    def forward(self, tokens):
        length = tokens.size(1)
        mask = nn.Transformer.generate_square_subsequent_mask(length, device=tokens.device)
        hidden = self.encoder(self.vectors[tokens] + self.places[None, :length], mask=mask, is_causal=True)
        return self.head(hidden)


def next_token_loss(model, tokens):
    return F.cross_entropy(model(tokens[:, :-1]).transpose(1, 2), tokens[:, 1:])


def generate(model, tokens, steps, context, generator=None):
    with torch.no_grad():
        for _ in range(steps):
            logits = model(tokens[:, max(0, tokens.shape[1] - context) :])
            chosen = torch.multinomial(logits[:, -1].softmax(1), 1, generator=generator)
            tokens = torch.hstack((tokens, chosen))
    return tokens

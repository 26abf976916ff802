"""Sine positions, the encoder's layers called one by one; the loss from log-probabilities."""

import math

import torch
from torch import nn
from torch.nn import functional as F


class TinyGPT(nn.Module):
    def __init__(self, vocab, context, d_model, encoder):
        super().__init__()
        self.embedding = nn.Embedding(vocab, d_model)
        angle = torch.arange(context)[:, None] * torch.exp(-math.log(1e4) * torch.arange(0, d_model, 2) / d_model)
        self.register_buffer("sines", torch.cat((angle.sin(), angle.cos()), 1))
        self.blocks, self.norm = encoder.layers, encoder.norm
        self.logits = nn.Linear(d_model, vocab, bias=False)

    def forward(self, tokens):
        x = self.embedding(tokens) + self.sines[: tokens.shape[1]]
        t = torch.arange(tokens.shape[1], device=tokens.device)
        for block in self.blocks:
            x = block(x, src_mask=t > t[:, None])
        return self.logits(self.norm(x))


def next_token_loss(model, tokens):
    log_shares = model(tokens)[:, :-1].log_softmax(-1)
    return -log_shares.gather(2, tokens[:, 1:, None]).mean()


def generate(model, tokens, steps, context, generator=None):
    new = [tokens]
    for _ in range(steps):
        with torch.no_grad():
            logits = model(torch.cat(new, 1)[:, -context:])[:, -1, :]
        new.append(torch.multinomial(F.softmax(logits, -1), num_samples=1, generator=generator))
    return torch.cat(new, 1)

"""Encoder and decoder called one by one, sine places, an embedding for each side."""

import torch
from torch import nn


class DateRewriter(nn.Module):
    def __init__(self, vocab, longest, d_model, transformer):
        super().__init__()
        self.reading, self.writing = nn.Embedding(vocab, d_model), nn.Embedding(vocab, d_model)
        angle = torch.arange(longest)[:, None] * 10_000 ** (-torch.arange(0, d_model, 2) / d_model)
        self.register_buffer("places", torch.stack((angle.sin(), angle.cos()), 2).flatten(1))
        self.encoder, self.decoder = transformer.encoder, transformer.decoder
        self.head = nn.Linear(d_model, vocab, bias=False)

    def forward(self, source, target):
        padding = source.eq(0)
        read = self.reading(source) + self.places[: source.shape[1]]
        memory = self.encoder(read, src_key_padding_mask=padding)
        written = self.writing(target) + self.places[: target.shape[1]]
        t = torch.arange(target.shape[1], device=target.device)
        return self.head(self.decoder(written, memory, tgt_mask=t > t[:, None], memory_key_padding_mask=padding))


def teacher_forcing_loss(model, source, target):
    log_shares = model(source, target)[:, :-1].log_softmax(2)
    return -log_shares.gather(2, target[:, 1:].unsqueeze(2)).mean()


def rewrite(model, source, start, steps):
    target = source.new_full((len(source), 1 + steps), start)
    with torch.no_grad():
        for t in range(steps):
            target[:, t + 1] = model(source, target[:, : t + 1])[:, t].argmax(-1)
    return target[:, 1:]

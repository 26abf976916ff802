"""A row at a time."""

import torch
from torch.nn import functional as F


def collate(sequences, pad=0):
    longest = max(map(len, sequences))
    tokens = torch.stack([F.pad(s, (0, longest - len(s)), value=pad) for s in sequences])
    padding = torch.ones_like(tokens, dtype=torch.bool)
    for row, sequence in enumerate(sequences):
        padding[row, : len(sequence)] = False
    return tokens, padding


def sentence_vectors(embedding, encoder, tokens, padding):
    vectors = embedding(tokens)
    rows = []
    for row, hidden in zip(vectors, padding, strict=True):
        rows.append(encoder(row[~hidden].unsqueeze(0)).mean(1).squeeze(0))
    return torch.stack(rows)

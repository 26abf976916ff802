"""Sequences of different lengths in one batch."""

import torch
from torch import nn


def collate(sequences: list[torch.Tensor], pad: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """Put sequences of different lengths into one batch. Returns (tokens, padding).

    sequences: B tensors of shape (length,), int64, each with one token or more
    pad:       the number to fill up with on the right; it may also be the number of a real token

    tokens:  shape (B, L), int64; L is the length of the longest sequence
    padding: shape (B, L), bool: True where there is padding, False at real tokens

    Both are on the device of the sequences.
    """
    raise NotImplementedError


def sentence_vectors(
    embedding: nn.Module, encoder: nn.Module, tokens: torch.Tensor, padding: torch.Tensor
) -> torch.Tensor:
    """One vector for each sequence, shape (B, E): the mean of the encoder's output over the real tokens.

    embedding: from tokens, shape (B, L), to vectors, shape (B, L, E)
    encoder:   an nn.TransformerEncoder, batch first, without dropout
    tokens:    shape (B, L)
    padding:   shape (B, L), bool, True where there is padding; each sequence has a real token

    How much padding there is, and which numbers (known to embedding) stand in it, changes nothing.
    """
    raise NotImplementedError

"""Sequence to sequence: nn.Transformer rewrites dates."""

import torch
from torch import nn


class DateRewriter(nn.Module):
    """Encoder and decoder: reads a source sequence, and predicts a target sequence token by token.

    vocab:   how many different tokens there are, in source and target together; token 0 is padding
    longest: no source that forward is given is longer, and no target, its start token included
    d_model: how many numbers a token is embedded in
    transformer: encoder and decoder: an nn.Transformer of that width, batch first, pre-norm, without dropout; it is
                 trained with the rest

    forward(source, target) -> logits, shape (B, T, vocab): those at place t are about the target token at t + 1, and
    depend on the target up to t, in its order, on no later target token, and on the whole source, in its order. Padding
    of the source changes nothing.

    source: shape (B, S), int64, filled up with 0 on the right; each row has a real token
    target: shape (B, T), int64, without padding
    """

    def __init__(self, vocab: int, longest: int, d_model: int, transformer: nn.Transformer) -> None:
        super().__init__()
        # Keep the transformer; make what embeds tokens and places, and what makes logits. The starting values that
        # nn.Embedding and nn.Linear have by themselves are good enough.

    def forward(self, source: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        raise NotImplementedError


def teacher_forcing_loss(model: nn.Module, source: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """The mean cross-entropy with which model predicts each target token from the true ones before it, shape ().

    model:  from (source, target) to logits, as DateRewriter
    target: shape (B, T), T of 2 or more, no longer than model takes; it begins with a start token, which is predicted
            by nobody
    """
    raise NotImplementedError


def rewrite(model: nn.Module, source: torch.Tensor, start: int, steps: int) -> torch.Tensor:
    """The likeliest target, token by token (greedy): shape (B, steps), without the start token.

    The decoder begins with the token start alone. Each step appends the token with the largest logit at the last place.
    """
    raise NotImplementedError

"""A small GPT: a transformer that predicts the next character."""

import torch
from torch import nn


class TinyGPT(nn.Module):
    """A causal language model.

    vocab:   how many different tokens there are
    context: how many tokens it can look at, at most
    d_model: how many numbers a token is embedded in
    encoder: the blocks, from (B, T, d_model) to (B, T, d_model): an nn.TransformerEncoder, batch first, pre-norm with a
             norm at its end, without dropout; its argument mask has shape (T, T), True where looking is forbidden; it
             is trained with the rest

    forward(tokens) -> logits, shape (B, T, vocab): those at place t are about the token at t + 1, and depend on the
    tokens up to t, in their order, and on no later one

    tokens: shape (B, T), int64, 1 <= T <= context
    """

    def __init__(self, vocab: int, context: int, d_model: int, encoder: nn.TransformerEncoder) -> None:
        super().__init__()
        # Keep the encoder; make what embeds tokens and places, and what makes logits. The starting values that
        # nn.Embedding and nn.Linear have by themselves are good enough; far smaller ones learn too slowly here.

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        raise NotImplementedError


def next_token_loss(model: nn.Module, tokens: torch.Tensor) -> torch.Tensor:
    """The mean cross-entropy, in nats, shape (), with which model predicts each token from those before it.

    model:  from tokens (B, T) to logits (B, T, vocab)
    tokens: shape (B, T), T of 2 or more, at most as many as model takes; the first of a row is predicted by nobody
    """
    raise NotImplementedError


def generate(
    model: nn.Module, tokens: torch.Tensor, steps: int, context: int, generator: torch.Generator | None = None
) -> torch.Tensor:
    """Go on with each row of tokens: shape (B, T + steps), the given ones first.

    Each new token is drawn from the softmax of the logits at the last place (temperature 1), with the generator, and
    then belongs to what the next one is predicted from. model gets all tokens so far or, if they are more than
    context, the last context of them.
    """
    raise NotImplementedError

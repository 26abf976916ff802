"""How a language model chooses its next token."""

import torch


def probabilities(
    logits: torch.Tensor, temperature: float = 1.0, top_k: int | None = None, top_p: float = 1.0
) -> torch.Tensor:
    """With which probability each token is chosen, shape (N, V); each row sums to 1.

    logits:      shape (N, V), finite; no two of a row are equal; not changed. The result has their dtype
    temperature: 0 or more; the logits are divided by it. 0: the largest logit of each row has probability 1
    top_k:       of each row only the k likeliest tokens stay, 1 <= k; all where k is V or more; None: all
    top_p:       above 0, at most 1; of what top_k has left (its probabilities summing to 1), only the likeliest tokens
                 stay: as few as together reach p, and at least one; 1: all

    First temperature, then top_k, then top_p. What is left keeps its ratios; the others have probability exactly 0.
    Rows are many, up to 20,000: too many for a loop over them.
    """
    raise NotImplementedError


def sample(
    logits: torch.Tensor,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float = 1.0,
    generator: torch.Generator | None = None,
) -> torch.Tensor:
    """One token for each row, drawn with those probabilities: shape (N,), int64.

    generator: decides the draw (the same state, the same tokens), on the device of the logits; None: torch's own
    """
    raise NotImplementedError

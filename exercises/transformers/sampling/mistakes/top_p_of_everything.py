# mistake: order
import math

import torch


def probabilities(
    logits: torch.Tensor, temperature: float = 1.0, top_k: int | None = None, top_p: float = 1.0
) -> torch.Tensor:
    """With which probability each token is chosen, (N, V)."""
    if temperature == 0:
        return torch.zeros_like(logits).scatter(1, logits.argmax(dim=1, keepdim=True), 1.0)
    ranked, token = (logits / temperature).sort(dim=1, descending=True)
    everything = ranked.softmax(dim=1)
    if top_k is not None:
        ranked[:, top_k:] = -math.inf
    shares = ranked.softmax(dim=1)
    before = everything.cumsum(dim=1) - everything  # of all that are likelier
    if top_p < 1:
        shares = shares.masked_fill(before >= top_p, 0.0)
    return torch.zeros_like(logits).scatter(1, token, shares / shares.sum(dim=1, keepdim=True))


def sample(
    logits: torch.Tensor,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float = 1.0,
    generator: torch.Generator | None = None,
) -> torch.Tensor:
    """One token for each row, (N,)."""
    shares = probabilities(logits, temperature, top_k, top_p)
    return torch.multinomial(shares, 1, generator=generator).squeeze(1)

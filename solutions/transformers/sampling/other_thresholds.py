"""Without sorting back: a threshold for each row; the draw by Gumbel's trick."""

import torch


def probabilities(logits, temperature=1.0, top_k=None, top_p=1.0):
    if temperature == 0:
        return (logits == logits.amax(-1, keepdim=True)).to(logits.dtype)
    logits = logits / temperature
    if top_k is not None:
        lowest = logits.topk(min(top_k, logits.shape[-1]), dim=-1).values[:, -1:]
        logits = torch.where(logits < lowest, -torch.inf, logits)
    shares = torch.softmax(logits, -1)
    if top_p < 1:
        # A token stays if those that are likelier do not reach p by themselves.
        likelier = (shares.unsqueeze(1) * (shares.unsqueeze(1) > shares.unsqueeze(2))).sum(-1)
        shares = shares * (likelier < top_p)
        shares = shares / shares.sum(-1, keepdim=True)
    return shares


def sample(logits, temperature=1.0, top_k=None, top_p=1.0, generator=None):
    shares = probabilities(logits, temperature, top_k, top_p)
    waiting = torch.empty_like(shares).exponential_(generator=generator)
    return (shares / waiting).argmax(-1)

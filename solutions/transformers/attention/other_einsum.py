"""The same with einsum, and the softmax written out."""

import torch


def attention(query, key, value, mask=None):
    scores = torch.einsum("...te,...se->...ts", query, key) * query.shape[-1] ** -0.5
    if mask is not None:
        scores = torch.where(mask, scores, torch.finfo(scores.dtype).min)
    powers = (scores - scores.amax(-1, keepdim=True).detach()).exp()
    if mask is not None:
        powers = powers * mask
    weights = powers / powers.sum(-1, keepdim=True).clamp_min(torch.finfo(powers.dtype).tiny)
    return torch.einsum("...ts,...sv->...tv", weights, value), weights

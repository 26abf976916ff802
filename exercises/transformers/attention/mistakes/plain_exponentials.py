# mistake: overflow
import math

import torch


def attention(query, key, value, mask=None):
    powers = (query @ key.mT / math.sqrt(query.shape[-1])).exp()
    if mask is not None:
        powers = powers * mask
    weights = powers / powers.sum(-1, keepdim=True).clamp_min(torch.finfo(powers.dtype).tiny)
    return weights @ value, weights

# mistake: scale
import math

import torch


def attention(query, key, value, mask=None):
    scores = query @ key.mT
    if mask is None:
        weights = scores.softmax(-1)
    else:
        weights = scores.masked_fill(~mask, -math.inf).softmax(-1).masked_fill(~mask, 0)
    return weights @ value, weights

"""Row by row, with cosine_similarity and log_softmax."""

import torch
from torch.nn.functional import cosine_similarity


def nt_xent(a, b, temperature):
    views = torch.stack([a, b], dim=1).flatten(0, 1)  # partners stand side by side
    losses = []
    for i in range(len(views)):
        rest = torch.cat([views[:i], views[i + 1 :]])
        share = (cosine_similarity(views[i : i + 1], rest) / temperature).log_softmax(dim=0)
        # An even row's partner follows it, and moves up by one where the row itself is left out.
        losses.append(-share[i if i % 2 == 0 else i - 1])
    return torch.stack(losses).mean()

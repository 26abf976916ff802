"""As the classification that it is: logits, and the number of each partner."""

import torch
from torch.nn import functional as F


def nt_xent(a, b, temperature):
    z = F.normalize(torch.cat([a, b]), dim=1)
    logits = z @ z.T / temperature
    itself = torch.eye(len(z), dtype=torch.bool, device=z.device)
    partner = torch.arange(len(z), device=z.device).roll(len(a))
    return F.cross_entropy(logits.masked_fill(itself, -torch.inf), partner)

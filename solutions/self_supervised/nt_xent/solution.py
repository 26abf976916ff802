"""NT-Xent, the contrastive loss of SimCLR."""

import torch
from torch.nn import functional as F


def nt_xent(a: torch.Tensor, b: torch.Tensor, temperature: float) -> torch.Tensor:
    """Each embedding should recognise its partner among all others of both views."""
    z = F.normalize(torch.cat([a, b]), dim=1)  # (2N, D), each of length 1
    logits = z @ z.T / temperature  # (2N, 2N)
    logits.fill_diagonal_(-torch.inf)  # nobody is a candidate for itself
    partner = logits.diagonal(len(a))  # (N,): row i, column i + N; by symmetry it serves both
    return logits.logsumexp(dim=1).mean() - partner.mean()

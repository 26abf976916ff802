# mistake: negatives
import torch
from torch.nn import functional as F


def nt_xent(a: torch.Tensor, b: torch.Tensor, temperature: float) -> torch.Tensor:
    """Each embedding should recognise its partner among all others of both views."""
    a, b = F.normalize(a, dim=1), F.normalize(b, dim=1)  # (2N, D), each of length 1
    logits = a @ b.T / temperature  # (N, N)
    partner = torch.arange(len(a), device=a.device)
    return (F.cross_entropy(logits, partner) + F.cross_entropy(logits.T, partner)) / 2

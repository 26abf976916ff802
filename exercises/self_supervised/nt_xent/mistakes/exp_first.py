# mistake: overflow
import torch
from torch.nn import functional as F


def nt_xent(a: torch.Tensor, b: torch.Tensor, temperature: float) -> torch.Tensor:
    """Each embedding should recognise its partner among all others of both views."""
    z = F.normalize(torch.cat([a, b]), dim=1)  # (2N, D), each of length 1
    near = (z @ z.T / temperature).exp()  # (2N, 2N)
    near = near.masked_fill(torch.eye(len(z), dtype=torch.bool, device=z.device), 0)
    partner = torch.arange(len(z), device=z.device).roll(len(a))
    share = near.gather(1, partner[:, None])[:, 0] / near.sum(dim=1)
    return -share.log().mean()

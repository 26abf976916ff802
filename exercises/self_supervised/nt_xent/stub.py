"""NT-Xent, the contrastive loss of SimCLR."""

import torch


def nt_xent(a: torch.Tensor, b: torch.Tensor, temperature: float) -> torch.Tensor:
    """Each embedding should recognise its partner among all others of both views.

    a, b:        embeddings of two views, shape (N, D), N ≥ 1: row i of a and row i of b are partners. Every row has
                 a length of its own, from 10⁻⁵ to 10⁵, which does not matter. Gradients must reach both.
    temperature: 0.002 or more; cosines are divided by it.

    Returns the mean over all 2N embeddings of −log of the share of the partner: a tensor of shape (), dtype as a.
    Value and gradient are finite and right for every such temperature.
    """
    raise NotImplementedError

"""A relation network around parts that are given: a CNN that sees, g that compares, f that answers."""

import torch
from torch import nn


def objects_of(features: torch.Tensor) -> torch.Tensor:
    """The cells of a feature map (B, C, H, W) as objects with coordinates, (B, N, C + 2), N = H * W. Given."""
    batch, _, height, width = features.shape
    x = torch.linspace(-1, 1, width, dtype=features.dtype, device=features.device).expand(batch, 1, height, width)
    y = torch.linspace(-1, 1, height, dtype=features.dtype, device=features.device)
    y = y.unsqueeze(1).expand(batch, 1, height, width)
    return torch.cat((features, x, y), dim=1).flatten(2).transpose(1, 2)


class RelationNetwork(nn.Module):
    """Answers a question about an image: f(sum over all ordered pairs of g(object i, object j, question)).

    cnn: image (B, 3, H', W') to feature map (B, C, H, W)
    g:   (..., 2 * (C + 2) + Q) to (..., G); what comes in is object i, then object j, then the question
    f:   (B, G) to logits (B, A)

    All three are modules of the network: `parameters()`, `to()` and `eval()` reach them.
    """

    def __init__(self, cnn: nn.Module, g: nn.Module, f: nn.Module) -> None:
        super().__init__()
        # Keep the three parts here.

    def relate(self, objects: torch.Tensor, question: torch.Tensor) -> torch.Tensor:
        """objects (B, N, D), any N from 1 on; question (B, Q), one for each image. Logits, shape (B, A).

        The sum goes over all N * N ordered pairs of an image, those of an object with itself among them. g is called
        once, on all pairs of all images together.
        """
        raise NotImplementedError

    def forward(self, images: torch.Tensor, question: torch.Tensor) -> torch.Tensor:
        """images (B, 3, H', W'), question (B, Q). Logits, shape (B, A)."""
        # From the image to a map, from the map to objects, from the objects to logits.
        raise NotImplementedError

"""Squeeze-and-excitation, from the description in the paper (Hu, Shen and Sun 2018)."""

import torch
from torch import nn


class SqueezeExcitation(nn.Module):
    """Weighs the channels of each image by what the image shows as a whole: (N, C, H, W) -> (N, C, H, W).

    channels:  C, a multiple of reduction
    reduction: r, at least 2

    Its parameters are two weights and nothing else: W₁ of shape (C/r, C) and W₂ of shape (C, C/r); it has no buffers.
    The weights are told apart by their shapes, so names and order are free. Either may be a plain parameter, or that
    of a linear layer or of a 1 × 1 convolution (with two more dimensions of size 1).
    """

    def __init__(self, channels: int, reduction: int) -> None:
        super().__init__()
        # Make the parameters here.

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        # Squeeze, excite, scale: x is the U of the lesson.
        raise NotImplementedError


class SEResidual(nn.Module):
    """A residual block around any branch, recalibrated where the lesson says.

    branch:    takes x, returns channels maps: for instance convolution, normalisation, ReLU, convolution, normalisation
    shortcut:  what x goes through on the other way, so that shapes agree; None for the identity

    Beside the parameters of branch and shortcut, which are used as they are, it has those of one SqueezeExcitation.
    """

    def __init__(self, branch: nn.Module, channels: int, reduction: int, shortcut: nn.Module | None = None) -> None:
        super().__init__()
        # Keep what you need.

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        raise NotImplementedError

"""The PatchGAN discriminator of CycleGAN, and how much of an image one of its logits sees."""

import torch
from torch import nn


def receptive_field(layers: list[tuple[int, int]]) -> int:
    """How many pixels in a row one value behind these layers depends on (norms and the border left out).

    layers: (kernel, stride) of each convolution, first to last, no kernel smaller than its
            stride; an empty list leaves 1 pixel
    """
    raise NotImplementedError


class Discriminator(nn.Module):
    """Says of each patch of an image whether it looks real (Isola et al., 2017; layers in the lesson's table).

    forward(x) -> logits, shape (N, 1, h, w): any real numbers, large for "real"

    x:        images, shape (N, channels, H, W), H and W at least 32
    channels: of the images
    width:    channels after the first convolution, w in the table

    Every convolution has a bias, no norm has parameters: the defaults of nn.Conv2d and nn.InstanceNorm2d. Layers are
    registered in the order in which forward uses them, so that parameters() lists weight and bias of each convolution
    from the first layer to the last.
    """

    def __init__(self, channels: int = 3, width: int = 64) -> None:
        super().__init__()
        # Make the layers here.

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        # x: (N, channels, H, W)
        raise NotImplementedError

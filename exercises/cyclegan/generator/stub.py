"""The ResNet generator of CycleGAN."""

import torch
from torch import nn


class Generator(nn.Module):
    """Translates images of one domain into the other (Zhu et al., 2017; layers in the lesson's table).

    forward(x) -> images of the same shape, each value between -1 and 1

    x:        images, shape (N, channels, H, W), between -1 and 1; H and W are multiples of 4 and at least 8
    channels: of the images that come in and go out
    width:    channels after the first convolution, w in the table
    blocks:   how many residual blocks there are

    Every convolution has a bias, no norm has parameters: the defaults of nn.Conv2d, nn.ConvTranspose2d and
    nn.InstanceNorm2d. Layers are registered in the order in which forward uses them, so that parameters() lists
    weight and bias of each convolution from the first layer to the last (an nn.Sequential does that by itself).
    """

    def __init__(self, channels: int = 3, width: int = 64, blocks: int = 9) -> None:
        super().__init__()
        # Make the layers here. A residual block deserves a class of its own.

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        # x: (N, channels, H, W)
        raise NotImplementedError

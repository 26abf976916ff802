"""A pretrained network as a frozen feature extractor, with a new head."""

from typing import Self

import torch
from torch import nn


class Transferred(nn.Module):
    """A pretrained ResNet whose last layer, `fc`, gives way to a new one; only the new one learns.

    backbone: a ResNet as torchvision makes it (conv1, bn1, relu, maxpool, layer1 … layer4, avgpool, fc); it may be
              changed, and its parameters and running statistics are those that were pretrained
    classes:  number of classes of the new task

    Of all parameters, only the weight and the bias of the new linear layer, freshly initialised, have requires_grad;
    where it is kept, and under what name, is free. BatchNorm is as in eval mode before the first train(), too.
    """

    def __init__(self, backbone: nn.Module, classes: int) -> None:
        super().__init__()
        raise NotImplementedError

    def train(self, mode: bool = True) -> Self:
        """As nn.Module's, except that the backbone's BatchNorm goes on as in eval mode. Returns the module itself."""
        raise NotImplementedError

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """images: (B, 3, H, W). Returns logits, shape (B, classes)."""
        raise NotImplementedError

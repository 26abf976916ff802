"""An autoencoder: images squeezed into a few numbers, and rebuilt from them."""

from collections.abc import Sequence

import torch
from torch import nn


class Autoencoder(nn.Module):
    """Linear layers from width to width down to the code, and the same way back.

    widths: such as (64, 32, 16, 3): images of 64 numbers, codes of 3; at least two widths

    Its parameters stand in the order in which the data meets them: weight (out, in) and bias of every layer. Nothing
    else has parameters.
    """

    def __init__(self, widths: Sequence[int]) -> None:
        super().__init__()
        # Make the layers here.

    def encode(self, images: torch.Tensor) -> torch.Tensor:
        """Images (N, widths[0]) -> codes (N, widths[-1]), any real numbers. ReLU between the layers, none after."""
        raise NotImplementedError

    def decode(self, codes: torch.Tensor) -> torch.Tensor:
        """Codes (N, widths[-1]) -> images (N, widths[0]) in (−1, 1). ReLU between the layers, tanh after the last."""
        raise NotImplementedError

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Images (N, widths[0]) -> their reconstructions, of the same shape."""
        raise NotImplementedError


def train_step(
    model: nn.Module, optimizer: torch.optim.Optimizer, batch: tuple[torch.Tensor, torch.Tensor]
) -> torch.Tensor:
    """One step down the gradient of the reconstruction error, the mean over all its elements of (x̂ − x)².

    model:     images (N, D) -> reconstructions (N, D)
    optimizer: of the model's parameters; gradients from before must not count
    batch:     (images, labels), as a DataLoader of a labelled data set gives it; shapes (N, D) and (N,), int64.
               The labels have no influence on anything.

    Returns the loss before the step, a tensor of shape ().
    """
    raise NotImplementedError

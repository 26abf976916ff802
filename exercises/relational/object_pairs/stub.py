"""Every ordered pair of the objects in a feature map: what a relation network compares."""

import torch


def object_pairs(features: torch.Tensor) -> torch.Tensor:
    """Turn a feature map into all ordered pairs of its objects (Santoro et al., 2017).

    features: the output of a convolutional network, shape (B, C, H, W), in any layout in memory and any floating dtype;
              gradients must reach it

    An object is one cell of the map: its C channels, then its x, then its y, C + 2 numbers. x runs evenly from -1 in
    the first column to 1 in the last, y from -1 in the first row to 1 in the last; where there is one column or one
    row only, it is -1. Objects are numbered as one reads: along the first row, then along the second.

    Returns a tensor of shape (B, N * N, 2 * (C + 2)) with N = H * W, dtype and device of the features. Entry i * N + j
    is object i followed by object j. The number of torch calls must not grow with N.
    """
    # Append the coordinates, make the objects, then the pairs.
    raise NotImplementedError

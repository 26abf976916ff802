"""A small residual network for digits. It runs, and even learns; yet its norms stand in the wrong places: mend it."""

import torch
from torch import nn
from torch.nn import functional as F


class Net(nn.Module):
    """Logits for images of 8×8 pixels.

    forward(x) -> logits, shape (N, classes)

    x: shape (N, 1, 8, 8)

    channels, width, classes: the sizes of the convolutions, of the hidden layer and of the output

    Keep the layers with their names (conv1, conv2, conv3, hidden, last), their sizes and their order. conv2 and conv3
    make a residual block: its input is added to what they give, and a ReLU follows. After it come the pooling and
    hidden. The norms are norm1 for conv1, norm2 for conv2, norm3 for conv3 and norm4 for hidden: torch's BatchNorm2d
    and BatchNorm1d as they come (eps 1e-5, momentum 0.1, with weight and bias). There are no other norms.
    """

    def __init__(self, channels: int, width: int, classes: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, channels, 3, padding=1)
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)
        self.conv3 = nn.Conv2d(channels, channels, 3, padding=1)
        self.norm3 = nn.BatchNorm2d(channels)
        self.hidden = nn.Linear(channels * 4 * 4, width)
        self.norm4 = nn.BatchNorm1d(width)
        self.last = nn.Linear(width, classes, bias=False)
        self.norm5 = nn.BatchNorm1d(classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        # Apply the rules of the lesson, here and in __init__.
        x = self.norm1(F.relu(self.conv1(x)))  # (N, C, 8, 8)
        y = self.norm1(F.relu(self.conv2(x)))
        y = self.conv3(y)
        x = self.norm3(F.relu(x + y))
        x = F.max_pool2d(x, 2)  # (N, C, 4, 4)
        x = self.norm4(F.relu(self.hidden(x.flatten(1))))  # (N, width)
        return self.norm5(self.last(x))

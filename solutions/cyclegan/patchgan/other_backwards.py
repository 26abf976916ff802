"""The same with functions for what has no weights, and the receptive field from the last layer to the first."""

from torch import nn
from torch.nn import functional as F


def receptive_field(layers):
    seen = 1
    for kernel, stride in reversed(layers):
        seen = (seen - 1) * stride + kernel
    return seen


class Discriminator(nn.Module):
    def __init__(self, channels=3, width=64):
        super().__init__()
        sizes = [channels, width, 2 * width, 4 * width, 8 * width]
        self.convolutions = nn.ModuleList(
            nn.Conv2d(a, b, 4, stride, 1) for a, b, stride in zip(sizes, sizes[1:], (2, 2, 2, 1), strict=False)
        )
        self.head = nn.Conv2d(sizes[-1], 1, 4, 1, 1)

    def forward(self, x):
        for number, conv in enumerate(self.convolutions):
            x = conv(x)
            if number > 0:
                x = F.instance_norm(x)
            x = F.leaky_relu(x, negative_slope=0.2)
        return self.head(x)

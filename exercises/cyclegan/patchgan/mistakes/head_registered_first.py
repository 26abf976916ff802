# mistake: parameters
import torch
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
        self.head = nn.Conv2d(8 * width, 1, 4, 1, 1)
        sizes = [channels, width, 2 * width, 4 * width, 8 * width]
        self.convolutions = nn.ModuleList(
            nn.Conv2d(a, b, 4, stride, 1) for a, b, stride in zip(sizes, sizes[1:], (2, 2, 2, 1), strict=False)
        )

    def forward(self, x):
        for number, conv in enumerate(self.convolutions):
            x = conv(x)
            if number > 0:
                x = F.instance_norm(x)
            x = F.leaky_relu(x, negative_slope=0.2)
        return self.head(x)

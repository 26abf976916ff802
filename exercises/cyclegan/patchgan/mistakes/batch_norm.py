# mistake: instance-norm
import torch
from torch import nn


def receptive_field(layers: list[tuple[int, int]]) -> int:
    """How many pixels in a row one value behind these layers depends on."""
    seen, distance = 1, 1
    for kernel, stride in layers:
        seen += (kernel - 1) * distance  # the kernel's other values, so many pixels apart
        distance *= stride
    return seen


class Discriminator(nn.Module):
    """Says of each patch of an image whether it looks real (Isola et al., 2017)."""

    def __init__(self, channels: int = 3, width: int = 64) -> None:
        super().__init__()
        layers = [nn.Conv2d(channels, width, kernel_size=4, stride=2, padding=1), nn.LeakyReLU(0.2)]
        for w, stride in ((width, 2), (2 * width, 2), (4 * width, 1)):
            conv = nn.Conv2d(w, 2 * w, kernel_size=4, stride=stride, padding=1)
            layers += [conv, nn.BatchNorm2d(2 * w, affine=False), nn.LeakyReLU(0.2)]
        layers.append(nn.Conv2d(8 * width, 1, kernel_size=4, padding=1))
        self.layers = nn.Sequential(*layers)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers(x)

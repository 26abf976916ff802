# mistake: residual
import torch
from torch import nn


class ResidualBlock(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.ReflectionPad2d(1),
            nn.Conv2d(width, width, kernel_size=3),
            nn.InstanceNorm2d(width),
            nn.ReLU(),
            nn.ReflectionPad2d(1),
            nn.Conv2d(width, width, kernel_size=3),
            nn.InstanceNorm2d(width),
            nn.ReLU(),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.body(x)


class Generator(nn.Module):
    """Translates images of one domain into the other (Zhu et al., 2017)."""

    def __init__(self, channels: int = 3, width: int = 64, blocks: int = 9) -> None:
        super().__init__()
        layers = [nn.ReflectionPad2d(3), nn.Conv2d(channels, width, kernel_size=7), nn.InstanceNorm2d(width), nn.ReLU()]
        for w in (width, 2 * width):  # halve height and width twice
            layers += [nn.Conv2d(w, 2 * w, kernel_size=3, stride=2, padding=1), nn.InstanceNorm2d(2 * w), nn.ReLU()]
        layers += [ResidualBlock(4 * width) for _ in range(blocks)]
        for w in (2 * width, width):  # and double them again
            up = nn.ConvTranspose2d(2 * w, w, kernel_size=3, stride=2, padding=1, output_padding=1)
            layers += [up, nn.InstanceNorm2d(w), nn.ReLU()]
        layers += [nn.ReflectionPad2d(3), nn.Conv2d(width, channels, kernel_size=7), nn.Tanh()]
        self.layers = nn.Sequential(*layers)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers(x)

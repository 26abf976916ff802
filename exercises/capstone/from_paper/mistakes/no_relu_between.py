# mistake: relu-between
import torch
from torch import nn


class SqueezeExcitation(nn.Module):
    """Weighs the channels of each image by what the image shows as a whole: (N, C, H, W) -> (N, C, H, W)."""

    def __init__(self, channels: int, reduction: int) -> None:
        super().__init__()
        self.down = nn.Linear(channels, channels // reduction, bias=False)
        self.up = nn.Linear(channels // reduction, channels, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        squeezed = x.mean(dim=(2, 3))  # (N, C)
        gate = self.up(self.down(squeezed)).sigmoid()
        return x * gate[:, :, None, None]


class SEResidual(nn.Module):
    """A residual block around any branch, whose result is recalibrated before it is added."""

    def __init__(self, branch: nn.Module, channels: int, reduction: int, shortcut: nn.Module | None = None) -> None:
        super().__init__()
        self.branch = branch
        self.recalibrate = SqueezeExcitation(channels, reduction)
        self.shortcut = nn.Identity() if shortcut is None else shortcut

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return (self.recalibrate(self.branch(x)) + self.shortcut(x)).relu()

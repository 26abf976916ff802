"""The same with the padding inside the convolutions, the norm by hand, and the size given to the transposed ones."""

import torch
from torch import nn


class Norm(nn.Module):
    def forward(self, x):
        var, mean = torch.var_mean(x, dim=(2, 3), keepdim=True, correction=0)
        return (x - mean) / torch.sqrt(var + 1e-5)


def mirrored(inner, outer, size):
    return nn.Conv2d(inner, outer, size, padding=size // 2, padding_mode="reflect")


class Residual(nn.Sequential):
    def forward(self, x):
        return super().forward(x) + x


class Generator(nn.Module):
    def __init__(self, channels=3, width=64, blocks=9):
        super().__init__()
        w2, w4 = width * 2, width * 4
        self.encode = nn.Sequential(
            *(mirrored(channels, width, 7), Norm(), nn.ReLU(inplace=True)),
            *(nn.Conv2d(width, w2, 3, 2, 1), Norm(), nn.ReLU(inplace=True)),
            *(nn.Conv2d(w2, w4, 3, 2, 1), Norm(), nn.ReLU(inplace=True)),
        )
        self.transform = nn.Sequential()
        for _ in range(blocks):
            self.transform.append(
                Residual(mirrored(w4, w4, 3), Norm(), nn.ReLU(inplace=True), mirrored(w4, w4, 3), Norm())
            )
        self.grow2 = nn.ConvTranspose2d(w4, w2, 3, stride=2, padding=1)
        self.grow1 = nn.ConvTranspose2d(w2, width, 3, stride=2, padding=1)
        self.decode = mirrored(width, channels, 7)
        self.norm = Norm()

    def forward(self, x):
        height, width = x.shape[-2:]
        y = self.transform(self.encode(x))
        y = self.norm(self.grow2(y, output_size=(height // 2, width // 2))).clamp(min=0)
        y = self.norm(self.grow1(y, output_size=(height, width))).clamp(min=0)
        return self.decode(y).tanh()

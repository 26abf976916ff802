"""Stages by number, in place of lines; the pooling before the ReLU, which gives the same."""

from torch import nn


class Net(nn.Module):
    def __init__(self, channels, width, classes):
        super().__init__()
        layers = [nn.Conv2d(i, channels, 3, padding=1) for i in (1, channels, channels)]
        layers.append(nn.Linear(16 * channels, width))
        self.names = ["conv1", "conv2", "conv3", "hidden"]
        for number, (name, layer) in enumerate(zip(self.names, layers, strict=True), start=1):
            layer.bias = None
            norm = nn.BatchNorm1d(width) if name == "hidden" else nn.BatchNorm2d(channels)
            self.add_module(name, layer)
            self.add_module(f"norm{number}", norm)
        self.last = nn.Linear(width, classes)
        self.pool = nn.MaxPool2d(2)

    def stage(self, number, x):
        layer = getattr(self, self.names[number - 1])
        return getattr(self, f"norm{number}")(layer(x))

    def forward(self, x):
        x = self.stage(1, x).clamp(min=0)
        x = x + self.stage(3, self.stage(2, x).clamp(min=0))
        x = self.pool(x).relu()
        return self.last(self.stage(4, x.flatten(1)).relu())

# mistake: before-the-layer
from torch import nn
from torch.nn import functional as F


class Net(nn.Module):
    def __init__(self, channels, width, classes):
        super().__init__()
        self.conv1 = nn.Conv2d(1, channels, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels)
        self.conv3 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm3 = nn.BatchNorm2d(channels)
        self.hidden = nn.Linear(channels * 4 * 4, width, bias=False)
        self.norm4 = nn.BatchNorm1d(width)
        self.last = nn.Linear(width, classes)

    def forward(self, x):
        x = F.relu(self.norm1(self.conv1(x)))
        y = self.conv2(F.relu(self.norm2(x)))
        y = self.conv3(F.relu(self.norm3(y)))
        x = F.max_pool2d(F.relu(x + y), 2)
        x = F.relu(self.norm4(self.hidden(x.flatten(1))))
        return self.last(x)

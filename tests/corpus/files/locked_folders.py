# verdict: passed
#
# Folders that their owner may neither read nor enter.
import os

from torch import nn

os.makedirs("a/b/c")
open("a/b/c/file", "w").close()
os.chmod("a/b/c/file", 0)
os.chmod("a/b", 0)
os.chmod("a", 0)
os.chmod(".", 0o500)


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        return ((input - target) ** 2).mean()

# verdict: passed
# output: plain 数 words
#
# What would move the cursor, set the title or ring the bell is taken out; what remains is shown.
import sys

from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        sys.stdout.write("\x1b[2J\x1b[31m\x1b]0;title\x07\x9b5A\x00\x08plain \x1b[1m数\x1b[0m words\r\n")
        return ((input - target) ** 2).mean()

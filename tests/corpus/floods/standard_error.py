# verdict: error
# fault: output
# says: Your code printed more than 64 KiB and was stopped.
#
# What goes to the standard error counts too.
import os

from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        while True:
            os.write(2, b"warning: again\n" * 100)

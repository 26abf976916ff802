# verdict: error
# fault: crash
# says: Your code disturbed the channel through which it is graded, so it was stopped.
#
# A frame of 4 GiB is announced: refused before anything is set aside for it.
import os
import struct

from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        os.write(3, struct.pack("!I", 2**32 - 1) + b"x" * 1000)
        while True:
            pass

# verdict: error
# fault: timeout
# says: and was stopped.
# seconds: 0.8
# grader: value
#
# A long message that arrives one byte at a time: somebody who waits for all of it waits for ever.
import os
import struct
import time

from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        os.write(3, struct.pack("!I", 2**20))
        while True:
            os.write(3, b"x")
            time.sleep(0.001)

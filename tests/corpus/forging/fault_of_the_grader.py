# verdict: error
# fault: crash
# says: Your code disturbed the channel through which it is graded, so it was stopped.
# seconds: 5
# grader: value
#
# It says that the grader is at fault, after it was imported; a box may say neither.
import os
import struct

from torch import nn
from tutor.grading import messages
from tutor.grading.raised import Raised


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        message = messages.encode(messages.LoadFailed("grader", Raised("X", ("X",), "call the author")))
        os.write(3, struct.pack("!I", len(message)) + message)
        while True:
            pass

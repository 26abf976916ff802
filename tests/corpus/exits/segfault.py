# verdict: error
# fault: crash
# says: The process that ran your code was ended by SIGSEGV. Last seen in line 13.
#
# A null pointer.
import ctypes

from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        ctypes.string_at(0)

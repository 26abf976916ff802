# verdict: error
# fault: crash
# says: The process that ran your code was ended by SIGSEGV.
#
# The same before a crash, where the note is read.
import ctypes
import os

from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        for number in ("\u00b2", "9" * 5000):
            try:
                os.write(4, f'  File "/tmp/submission_under_test.py", line {number} in forward\n'.encode())
            except OSError:
                pass
        ctypes.string_at(0)

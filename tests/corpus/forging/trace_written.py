# verdict: error
# fault: exit
# says: Your code ended the program
#
# It writes the note of where it was itself, with numbers that are none.
import os

from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        for number in ("\u00b2", "9" * 5000, "-1", "0"):
            try:
                os.write(4, f'  File "/tmp/submission_under_test.py", line {number} in forward\n'.encode())
            except OSError:
                pass
        os._exit(0)

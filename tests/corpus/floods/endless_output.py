# verdict: error
# fault: output
# says: Your code printed more than 64 KiB and was stopped. Is there a print inside a loop?
#
# Stopped by the limit, long before the deadline.
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        while True:
            print("step", input.shape)

# verdict: error|failed
# fault: any
# says: Your code disturbed the channel | Your code raised PermissionError
#
# Open files sent along with a message, so that somebody else holds them and runs out of numbers for his own.
import os
import socket

from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        channel = socket.socket(fileno=os.dup(3))
        for _ in range(50):
            socket.send_fds(channel, [bytes(4)], [os.open("/dev/null", os.O_RDONLY) for _ in range(10)])
        return ((input - target) ** 2).mean()

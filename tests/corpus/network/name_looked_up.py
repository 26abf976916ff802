# verdict: failed
# says: Your code raised gaierror
# needs: network
#
# A name (one that never exists, RFC 2606): looking it up would already tell something to somebody.
import socket

from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        socket.getaddrinfo("torch-tutor.invalid", 80)

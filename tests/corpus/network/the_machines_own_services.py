# verdict: failed
# says: nothing answers
# needs: network
#
# Servers of the same machine, at its own address: the loopback interface here is another one.
import os
import socket

from torch import nn


class CheatWorked(Exception):
    pass


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        try:
            socket.create_connection(("127.0.0.1", int(os.environ["CORPUS_PORT"])), timeout=2).close()
        except OSError:
            raise ValueError("nothing answers")
        raise CheatWorked

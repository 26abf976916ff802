# verdict: error
# fault: crash
# says: Your code disturbed the channel through which it is graded, so it was stopped.
# grader: value
#
# A matrix of 20 million values, past the function that would refuse it.
import os
import struct

import msgspec
from torch import nn

from tutor.grading import messages


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        row = b"\xdd" + struct.pack("!I", 20_000) + b"\x00" * 20_000
        rows = b"\xdd" + struct.pack("!I", 1000) + row * 1000
        fields = [("type", "Matrix"), ("name", "large")]
        body = b"\x82" + msgspec.msgpack.encode("type") + msgspec.msgpack.encode("Draw")
        body += msgspec.msgpack.encode("drawing") + b"\x83"
        body += b"".join(msgspec.msgpack.encode(part) for field in fields for part in field)
        body += msgspec.msgpack.encode("values") + rows
        message = memoryview(struct.pack("!I", len(body)) + body)
        while message:
            message = message[os.write(3, message) :]
        return (input * 0).sum()

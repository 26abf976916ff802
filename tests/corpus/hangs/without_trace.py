# verdict: error
# fault: timeout
# says: This took longer than 0.6 s and was stopped.
# seconds: 0.6
# grader: value
#
# It takes back the note of where it is: there is no line then, but still a verdict.
import faulthandler

from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        faulthandler.cancel_dump_traceback_later()
        faulthandler.disable()
        while True:
            pass

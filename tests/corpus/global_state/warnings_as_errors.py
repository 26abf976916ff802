# verdict: passed
#
# Every warning an error, garbage collection off, floating point traps of numpy on.
import gc
import warnings

import numpy
from torch import nn

warnings.simplefilter("error")
gc.disable()
numpy.seterr(all="raise")


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        return ((input - target) ** 2).mean()

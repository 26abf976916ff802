# verdict: error
# fault: any
# says:
#
# With isinstance, len and type replaced nothing can go on, in its own process.
import builtins

from torch import nn

builtins.isinstance = builtins.issubclass = lambda *args: True
builtins.len = lambda value: 0
builtins.type = lambda *args: nn.Module


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        return (input * 0).sum()

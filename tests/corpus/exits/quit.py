# verdict: error
# fault: exit
# says: Your code ended the program
#
# What one types to leave the interpreter.
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        quit()

# verdict: error
# fault: import
# says: Importing your file failed (line 9): NameError: name 'nn' is not defined
#
# An import was forgotten.
import torch


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        return ((input - target) ** 2).mean()

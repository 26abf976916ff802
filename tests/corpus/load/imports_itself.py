# verdict: passed
#
# A submission can be imported by its name, as multiprocessing and pickle do.
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        import submission_under_test

        assert submission_under_test.SquaredErrorLoss is type(self)
        return ((input - target) ** 2).mean()

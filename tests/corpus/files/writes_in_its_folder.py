# verdict: passed
#
# Odd and harmless: a temporary file, a saved tensor, a log beside itself.
import tempfile

import torch
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        with tempfile.TemporaryFile() as file:
            torch.save(input, file)
            file.seek(0)
            again = torch.load(file)
        with open("log.txt", "a") as log:
            log.write("called\n")
        assert torch.equal(again, input)
        return ((input - target) ** 2).mean()

# verdict: failed
# says: Your code raised PermissionError | Your code raised FileNotFoundError
# needs: tree landlock
#
# A file that is not its own.
import os
from pathlib import Path

from torch import nn


class CheatWorked(Exception):
    pass


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        Path(os.environ["CORPUS_OUTSIDE"], "written.txt").write_text("here")
        raise CheatWorked

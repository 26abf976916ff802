# verdict: failed
# says: every way is barred
# needs: tree
#
# Landlock knows nothing of modes, owners and times: only a file tree of its own keeps them.
import os

from torch import nn

CANARY = os.path.join(os.environ["CORPUS_OUTSIDE"], "canary.txt")


class CheatWorked(Exception):
    pass


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        for way in (lambda: os.chmod(CANARY, 0), lambda: os.utime(CANARY, (0, 0)), lambda: os.setxattr(CANARY, "user.x", b"y")):
            try:
                way()
            except OSError:
                continue
            raise CheatWorked
        raise ValueError("every way is barred")

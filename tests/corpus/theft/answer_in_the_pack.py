# verdict: failed
# says: nothing found
# needs: landlock
#
# Graders and answers of the built-in exercises, wherever the tutor is installed.
from pathlib import Path

import tutor
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        home = Path(tutor.__file__).parent
        for root in (home.parent, home / "builtin"):
            for name in ("solutions", "exercises", "tests/corpus/grader"):
                try:
                    if list((root / name).rglob("*.py")):
                        return ((input - target) ** 2).mean()
                except OSError:
                    pass
        raise ValueError("nothing found")

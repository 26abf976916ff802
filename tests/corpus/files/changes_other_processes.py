# verdict: failed
# says: every way is barred
# needs: tree landlock
#
# What /proc lets be written about processes that are not its own: here, whom the kernel ends first when memory runs out.
import os

from torch import nn


class CheatWorked(Exception):
    pass


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        for name in os.listdir("/proc"):
            if not name.isdigit() or name == os.readlink("/proc/self"):
                continue
            try:
                with open(f"/proc/{name}/oom_score_adj", "w") as file:
                    file.write("1")
            except OSError:
                continue
            raise CheatWorked(name)
        raise ValueError("every way is barred")

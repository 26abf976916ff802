# verdict: failed
# says: nothing found
# needs: landlock
#
# Open files and working folders of other processes, followed through /proc.
import glob
import os

from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        own = os.readlink("/proc/self")
        for process in glob.glob("/proc/[0-9]*"):
            if os.path.basename(process) == own:
                continue
            for link in ("cwd", "root", *(f"fd/{number}" for number in range(12))):
                try:
                    os.stat(f"{process}/{link}/.")
                    os.listdir(f"{process}/{link}/")
                except OSError:
                    continue
                return ((input - target) ** 2).mean()
        raise ValueError("nothing found")

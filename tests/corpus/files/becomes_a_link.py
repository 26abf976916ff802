# verdict: passed
#
# Its file and its folder become links to things outside. What follows them when clearing up deletes the wrong thing.
import os
import shutil

from torch import nn

folder = os.getcwd()
os.remove(__file__)
os.symlink(os.path.join(os.environ["CORPUS_OUTSIDE"], "canary.txt"), __file__)
os.symlink(os.environ["CORPUS_OUTSIDE"], os.path.join(folder, "outside"))
os.symlink("/dev/zero", os.path.join(folder, "endless"))
try:
    shutil.move(folder, folder + "-moved")
    os.symlink(os.environ["CORPUS_OUTSIDE"], folder)
except OSError:
    pass  # a folder that is a file system of its own does not move


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        return ((input - target) ** 2).mean()

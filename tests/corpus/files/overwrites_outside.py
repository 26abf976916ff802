# verdict: failed
# says: every way is barred
# needs: landlock
#
# A file that is there already: write, append, truncate, delete, replace, link, rename.
import os

from torch import nn

CANARY = os.path.join(os.environ["CORPUS_OUTSIDE"], "canary.txt")


class CheatWorked(Exception):
    pass


def write():
    with open(CANARY, "w") as file:
        file.write("overwritten")


def append():
    with open(CANARY, "a") as file:
        file.write("more")


def link_and_write():
    os.symlink(CANARY, "way")
    with open("way", "a") as file:
        file.write("more")


def replace():
    with open("mine", "w") as file:
        file.write("mine")
    os.replace("mine", CANARY)


WAYS = [
    write,
    append,
    link_and_write,
    replace,
    lambda: os.truncate(CANARY, 0),
    lambda: os.remove(CANARY),
    lambda: os.rename(CANARY, CANARY + ".old"),
    lambda: os.link(CANARY, "linked"),
    lambda: os.mkdir(CANARY + ".folder"),
]


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        for index, way in enumerate(WAYS):
            try:
                way()
            except OSError:
                continue
            raise CheatWorked(index)
        raise ValueError("every way is barred")

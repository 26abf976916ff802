# verdict: failed
# says: Your code raised OSError
# grader: value
#
# 300 MB in files of its own; nothing of it may stay. (Bounded here; what a box may write is bounded by its file system.)
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        for index in range(3):
            with open(f"large-{index}", "wb") as file:
                for _ in range(100):
                    file.write(bytes(2**20))
        return input.sum()

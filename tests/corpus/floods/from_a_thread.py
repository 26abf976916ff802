# verdict: error
# fault: output
# says: Your code printed more than 64 KiB and was stopped.
#
# The flood comes from a thread while the answer is awaited.
import threading

from torch import nn


def flood():
    while True:
        print("background")


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        thread = threading.Thread(target=flood, daemon=True)
        thread.start()
        thread.join()

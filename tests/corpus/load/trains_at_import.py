# verdict: error
# fault: timeout
# says: Importing your file took longer than
# seconds: 0.8
#
# A training loop at module level, far too long.
import torch
from torch import nn

model = nn.Linear(50, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for _ in range(10**9):
    optimizer.zero_grad()
    model(torch.randn(64, 50)).square().mean().backward()
    optimizer.step()


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        return ((input - target) ** 2).mean()

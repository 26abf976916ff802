# verdict: failed
# says: a tensor of layout torch.sparse_coo
#
# Another layout.
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        return ((input - target) ** 2).mean().to_sparse()

from torch import nn
from torch_geometric.nn import GCNConv


class Convolution(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.convolution = GCNConv(inputs, outputs)

    def forward(self, x, edges):
        return self.convolution(x, edges)

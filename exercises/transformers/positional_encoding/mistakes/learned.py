# mistake: learned
import torch
from torch import nn


class PositionalEncoding(nn.Module):
    def __init__(self, d_model):
        super().__init__()
        self.position = nn.Embedding(4096, d_model)

    def forward(self, x):
        return x + self.position(torch.arange(x.shape[1], device=x.device)).to(x.dtype)

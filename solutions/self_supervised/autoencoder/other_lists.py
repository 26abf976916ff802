"""Layers in one list, halves by index, the loss written out."""

from itertools import pairwise

import torch
from torch import nn


class Autoencoder(nn.Module):
    def __init__(self, widths):
        super().__init__()
        there_and_back = [*widths, *reversed(widths[:-1])]
        self.half = len(widths) - 1
        self.all = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(there_and_back))

    def through(self, x, part):
        for layer in part[:-1]:
            x = layer(x).clamp(min=0)
        return part[-1](x)

    def encode(self, images):
        return self.through(images, self.all[: self.half])

    def decode(self, codes):
        return torch.tanh(self.through(codes, self.all[self.half :]))

    def forward(self, images):
        return self.decode(self.encode(images))


def train_step(model, optimizer, batch):
    images = batch[0]
    model.zero_grad()
    error = (model(images) - images).pow(2).mean()
    error.backward()
    optimizer.step()
    return error.detach()

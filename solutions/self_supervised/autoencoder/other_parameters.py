"""With bare parameters, and einsum."""

from itertools import pairwise

import torch
from torch import nn


def made(before, after):
    bound = before**-0.5
    return [nn.Parameter(torch.empty(*shape).uniform_(-bound, bound)) for shape in ((after, before), (after,))]


class Autoencoder(nn.Module):
    def __init__(self, widths):
        super().__init__()
        self.steps = len(widths) - 1
        widths = tuple(widths) + tuple(widths)[-2::-1]
        pairs = pairwise(widths)
        self.numbers = nn.ParameterList([value for pair in pairs for value in made(*pair)])

    def run(self, x, first, last):
        for i in range(first, last):
            x = torch.einsum("nd,od->no", x, self.numbers[2 * i]) + self.numbers[2 * i + 1]
            if i < last - 1:
                x = torch.where(x > 0, x, 0)
        return x

    def encode(self, images):
        return self.run(images, 0, self.steps)

    def decode(self, codes):
        x = self.run(codes, self.steps, 2 * self.steps)
        return 2 * torch.sigmoid(2 * x) - 1

    def forward(self, images):
        return self.decode(self.encode(images))


def train_step(model, optimizer, batch):
    images = batch[0]
    optimizer.zero_grad(set_to_none=False)
    loss = torch.mean((images - model(images)) ** 2)
    loss.backward()
    optimizer.step()
    return loss

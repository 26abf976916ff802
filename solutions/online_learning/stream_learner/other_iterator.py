"""As a class with __next__, and a running mean in place of two counts."""

import torch
from torch import nn


class StreamLearner:
    def __init__(self, model, optimizer, stream):
        self.model, self.optimizer, self.samples = model, optimizer, iter(stream)
        self.criterion = nn.CrossEntropyLoss()
        self.count, self.accuracy = 0, 0.0

    def __iter__(self):
        return self

    def __next__(self):
        x, target = next(self.samples)
        self.test(x[None], target)
        self.train(x[None], target[None])
        return self.accuracy

    @torch.no_grad()
    def test(self, batch, target):
        hit = self.model(batch).argmax(1).item() == target.item()
        self.count += 1
        self.accuracy += (hit - self.accuracy) / self.count

    def train(self, batch, targets):
        self.optimizer.zero_grad()
        self.criterion(self.model(batch), targets).backward()
        self.optimizer.step()


def learn_stream(model, optimizer, stream):
    return StreamLearner(model, optimizer, stream)

"""A stream whose rules change: the Page-Hinkley test, and a fresh model at each alarm."""

from collections.abc import Callable, Iterable, Iterator

import torch
from torch import nn
from torch.nn import functional as F


class DriftDetector:
    """The Page-Hinkley test on a stream of errors."""

    def __init__(self, delta: float = 0.05, threshold: float = 10.0) -> None:
        self.delta = delta
        self.threshold = threshold
        self.reset()

    def reset(self) -> None:
        self.count = 0
        self.errors = 0
        self.sum = 0.0
        self.lowest = 0.0

    def update(self, wrong: bool) -> bool:
        self.count += 1
        self.errors += wrong
        self.sum += wrong - self.errors / self.count - self.delta
        self.lowest = min(self.lowest, self.sum)
        alarm = self.sum - self.lowest > self.threshold
        if alarm:
            self.reset()
        return alarm


def learn_drifting(
    make: Callable[[], tuple[nn.Module, torch.optim.Optimizer]],
    detector: DriftDetector,
    stream: Iterable[tuple[torch.Tensor, torch.Tensor]],
) -> Iterator[tuple[int, bool]]:
    """Yield, for each sample, the predicted class and whether the detector raised the alarm."""
    model, optimizer = make()
    for x, target in stream:
        predicted = int(model(x.unsqueeze(0)).argmax())
        alarm = detector.update(predicted != int(target))
        if alarm:
            model, optimizer = make()

        optimizer.zero_grad()
        F.cross_entropy(model(x.unsqueeze(0)), target.unsqueeze(0)).backward()
        optimizer.step()
        yield predicted, alarm

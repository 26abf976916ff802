"""A stream whose rules change: notice it from the errors, and begin anew."""

from collections.abc import Callable, Iterable, Iterator

import torch
from torch import nn


class DriftDetector:
    """The Page-Hinkley test on a stream of errors.

    delta:     rises of the error rate up to about this are tolerated
    threshold: how far the sum may rise above its minimum before there is an alarm
    """

    def __init__(self, delta: float = 0.05, threshold: float = 10.0) -> None:
        # Keep both here, and what the test has to remember.
        pass

    def update(self, wrong: bool) -> bool:
        """Take in whether the newest prediction was wrong; return whether that raises the alarm (True or False).

        After an alarm the detector has forgotten everything, as if it had been made anew.
        """
        # Write the three lines of the lesson's equation here.
        raise NotImplementedError


def learn_drifting(
    make: Callable[[], tuple[nn.Module, torch.optim.Optimizer]],
    detector: DriftDetector,
    stream: Iterable[tuple[torch.Tensor, torch.Tensor]],
) -> Iterator[tuple[int, bool]]:
    """Yield, for each sample, the predicted class (int) and whether the detector raised the alarm (bool).

    make:     returns a fresh model and an optimizer for it; called once at the beginning and once for each alarm
    detector: its update(wrong) is called once for each sample, after the prediction and before the step
    stream:   pairs (x, target) without a batch dimension; target is a class index of shape (), int64

    For each sample: predict; tell the detector; at an alarm take a fresh model and optimizer; make one step with the
    cross-entropy of this sample, with the fresh model if there is one; yield.
    """
    # Write the loop here; the one of the exercise before is a good beginning.
    raise NotImplementedError

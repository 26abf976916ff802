"""Thawing a pretrained network stage by stage, while it trains."""

from collections.abc import Sequence

import torch
from torch import nn


class GradualUnfreezing:
    """At first the head learns alone; after every so many epochs the next stage below joins the same optimiser.

    optimizer: holds the parameters of the last stage in one group, and no others; it is the one that goes on training
    stages:    modules from the input to the head, one or more, each with parameters of its own
    every:     the next stage joins after `every` epochs, the one below it after 2 * `every`, and so on
    factor:    a stage joins with factor times the learning rate that the stage above it has at that moment; all other
               settings of its group are the optimiser's defaults
    """

    def __init__(
        self, optimizer: torch.optim.Optimizer, stages: Sequence[nn.Module], every: int, factor: float
    ) -> None:
        """From here on all stages but the last are frozen: requires_grad is False. Train and eval mode need no care."""
        raise NotImplementedError

    def step(self) -> None:
        """Called after each epoch. If it is time, thaws a stage: requires_grad is True, and the optimiser has it.

        What the optimiser has remembered of the stages above stays. When all are thawed, nothing happens any more.
        """
        raise NotImplementedError

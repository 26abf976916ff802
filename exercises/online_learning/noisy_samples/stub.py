"""Learning from samples of which some are wrong: clipped steps, and an average of the weights."""

import torch
from torch import nn


class SteadyLearner:
    """Learns from one sample at a time, and keeps an exponential moving average of the model's parameters.

    model:     takes a batch of inputs, shape (N, ...), and returns logits, shape (N, C); this very object is trained
    optimizer: updates the parameters of model
    max_norm:  a gradient longer than this is shortened to it: the L2 norm of all parameters' gradients together
    decay:     of the average, from 0 to 1

    averaged:  a module of its own, of the same kind as model, that holds the average. It begins as a copy of model, is
               brought up to date after each step, and is never trained itself.
    """

    def __init__(self, model: nn.Module, optimizer: torch.optim.Optimizer, max_norm: float, decay: float) -> None:
        # Keep what you need, and make self.averaged.
        pass

    def step(self, x: torch.Tensor, target: torch.Tensor) -> None:
        """One step of model with the cross-entropy of one sample, its gradient clipped; then the average follows.

        x:      one input without a batch dimension
        target: a class index, shape (), int64
        """
        # Write both here.
        raise NotImplementedError

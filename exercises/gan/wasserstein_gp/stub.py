"""The losses of a Wasserstein GAN with gradient penalty."""

import torch
from torch import nn


def gradient_penalty(critic: nn.Module, real: torch.Tensor, fake: torch.Tensor, epsilon: torch.Tensor) -> torch.Tensor:
    """How far the slope of the critic is from 1 between the data and the samples.

    critic:  points (N, …) -> values (N,); each value depends on its own point alone
    real:    samples of the data, shape (N, …)
    fake:    samples of the generator, the same shape
    epsilon: the share of ``real`` in each mixed point, shape (N,), between 0 and 1

    Returns the mean over the N mixed points of (|gradient| - 1)², shape (), where |gradient| is the Euclidean norm over
    everything that belongs to one point. It can be differentiated with respect to the critic's parameters. Where the
    gradient is 0, the result stays differentiable and finite. No .grad is written.
    """
    raise NotImplementedError


def critic_loss(
    critic: nn.Module, real: torch.Tensor, fake: torch.Tensor, epsilon: torch.Tensor, weight: float = 10.0
) -> torch.Tensor:
    """The mean value of the made samples minus that of the real ones, plus ``weight`` times the penalty; shape ().

    ``fake`` may come with the graph of its generator: no gradient of this loss reaches it.
    """
    raise NotImplementedError


def generator_loss(critic: nn.Module, fake: torch.Tensor) -> torch.Tensor:
    """What the generator makes smaller: minus the mean value of its samples; shape ()."""
    raise NotImplementedError

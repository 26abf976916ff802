"""Training CycleGAN: two optimisers that take turns, and a learning rate that falls to 0."""

import torch
from torch import nn
from torch.nn import functional as F
from torch.optim.lr_scheduler import LambdaLR


def generator_loss(models, x, y):
    """Given: adversarial + 10 cycle + 5 identity; the cycle part alone, unweighted; F(y) and G(x) with their graph."""
    g, f, d_x, d_y = (models[name] for name in ("g", "f", "d_x", "d_y"))
    fake_x, fake_y = f(y), g(x)
    adversarial = (d_x(fake_x) - 1).square().mean() + (d_y(fake_y) - 1).square().mean()
    cycle = F.l1_loss(f(fake_y), x) + F.l1_loss(g(fake_x), y)
    identity = F.l1_loss(f(x), x) + F.l1_loss(g(y), y)
    return adversarial + 10 * cycle + 5 * identity, cycle, fake_x, fake_y


def discriminator_loss(discriminator, real, fake):
    """Given: half the sum of what real and fake images add. It cuts nothing off."""
    return ((discriminator(real) - 1).square().mean() + discriminator(fake).square().mean()) / 2


def linear_decay(epoch: int, constant: int, decaying: int) -> float:
    """The factor of the learning rate in epoch 0, 1, …: 1 before epoch `constant`, then down to 0 on a straight line.

    It is still 1 in epoch `constant`, would be 0 in epoch `constant + decaying` (which is not trained any more), and
    `decaying` is at least 1.
    """
    raise NotImplementedError


def make_optimizers(models: dict[str, nn.Module], lr: float, constant: int, decaying: int):
    """Two lists: [of both generators, of both discriminators], and one scheduler for each, stepped once an epoch.

    models: "g" (X → Y), "f" (Y → X), "d_x" and "d_y"
    Adam with learning rate lr and betas (0.5, 0.999); LambdaLR with linear_decay
    """
    raise NotImplementedError


def train_step(models: dict[str, nn.Module], optimizers, buffers, x: torch.Tensor, y: torch.Tensor) -> dict[str, float]:
    """One step of the generators, then one of the discriminators.

    optimizers: [of both generators, of both discriminators], any torch optimizers; gradients may be left from before
    buffers:    "x" for fakes of X, "y" for fakes of Y; query(images) takes images without a graph and returns as many.
                It is called once each with the fakes that the generators made before their step
    x, y:       real images of both domains, shape (N, C, H, W)

    Returns plain numbers: "generators" (their total), "discriminators" (the sum of both losses) and "cycle" (as given).
    """
    raise NotImplementedError

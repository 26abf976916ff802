# mistake: buffers
from itertools import chain

import torch
from torch import nn
from torch.nn import functional as F
from torch.optim.lr_scheduler import LambdaLR


def generator_loss(models, x, y):
    """Given: adversarial + 10 cycle + 5 identity; the cycle part alone, and the translations."""
    g, f, d_x, d_y = (models[name] for name in ("g", "f", "d_x", "d_y"))
    fake_x, fake_y = f(y), g(x)
    adversarial = (d_x(fake_x) - 1).square().mean() + (d_y(fake_y) - 1).square().mean()
    cycle = F.l1_loss(f(fake_y), x) + F.l1_loss(g(fake_x), y)
    identity = F.l1_loss(f(x), x) + F.l1_loss(g(y), y)
    return adversarial + 10 * cycle + 5 * identity, cycle, fake_x, fake_y


def discriminator_loss(discriminator, real, fake):
    """Given: half the sum of what real and fake images add; it cuts nothing off."""
    return ((discriminator(real) - 1).square().mean() + discriminator(fake).square().mean()) / 2


def linear_decay(epoch: int, constant: int, decaying: int) -> float:
    """The factor of the learning rate: 1, and then on a straight line down to 0."""
    return 1 - max(0, epoch - constant) / decaying


def make_optimizers(models: dict[str, nn.Module], lr: float, constant: int, decaying: int):
    """Adam for both generators, Adam for both discriminators, and a schedule for each."""
    optimizers, schedulers = [], []
    for names in (("g", "f"), ("d_x", "d_y")):
        parameters = chain.from_iterable(models[name].parameters() for name in names)
        optimizers.append(torch.optim.Adam(parameters, lr=lr, betas=(0.5, 0.999)))
        schedulers.append(LambdaLR(optimizers[-1], lambda epoch: linear_decay(epoch, constant, decaying)))
    return optimizers, schedulers


def train_step(models: dict[str, nn.Module], optimizers, buffers, x: torch.Tensor, y: torch.Tensor) -> dict[str, float]:
    """One step of the generators, then one of the discriminators."""
    of_generators, of_discriminators = optimizers
    total, cycle, fake_x, fake_y = generator_loss(models, x, y)
    of_generators.zero_grad()
    total.backward()
    of_generators.step()

    old_x, old_y = buffers["x"].query(fake_x), buffers["y"].query(fake_y)
    judged = discriminator_loss(models["d_x"], x, old_x) + discriminator_loss(models["d_y"], y, old_y)
    of_discriminators.zero_grad()  # the generators' loss has left gradients here
    judged.backward()
    of_discriminators.step()
    return {"generators": total.item(), "discriminators": judged.item(), "cycle": cycle.item()}

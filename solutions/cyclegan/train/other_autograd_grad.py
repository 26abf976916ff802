"""The same with gradients asked for by name, so that nothing is left over and nothing needs clearing."""

import torch
from torch import nn
from torch.nn import functional as F


def generator_loss(models, x, y):
    g, f, d_x, d_y = (models[name] for name in ("g", "f", "d_x", "d_y"))
    fake_x, fake_y = f(y), g(x)
    adversarial = (d_x(fake_x) - 1).square().mean() + (d_y(fake_y) - 1).square().mean()
    cycle = F.l1_loss(f(fake_y), x) + F.l1_loss(g(fake_x), y)
    identity = F.l1_loss(f(x), x) + F.l1_loss(g(y), y)
    return adversarial + 10 * cycle + 5 * identity, cycle, fake_x, fake_y


def discriminator_loss(discriminator, real, fake):
    return ((discriminator(real) - 1).square().mean() + discriminator(fake).square().mean()) / 2


def linear_decay(epoch, constant, decaying):
    return min(1.0, (constant + decaying - epoch) / decaying)


def make_optimizers(models, lr, constant, decaying):
    pairs = nn.ModuleList([models["g"], models["f"]]), nn.ModuleList([models["d_x"], models["d_y"]])
    optimizers = [torch.optim.Adam(pair.parameters(), lr, (0.5, 0.999)) for pair in pairs]
    return optimizers, [
        torch.optim.lr_scheduler.LambdaLR(one, lambda e: linear_decay(e, constant, decaying)) for one in optimizers
    ]


def move(optimizer, loss):
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    for p, gradient in zip(parameters, torch.autograd.grad(loss, parameters), strict=True):
        p.grad = gradient
    optimizer.step()


def train_step(models, optimizers, buffers, x, y):
    total, cycle, *fakes = generator_loss(models, x, y)
    move(optimizers[0], total)
    judged = 0
    for name, real, fake in zip("xy", (x, y), fakes, strict=True):
        judged = judged + discriminator_loss(models["d_" + name], real, buffers[name].query(fake.detach()))
    move(optimizers[1], judged)
    return {name: loss.item() for name, loss in (("generators", total), ("discriminators", judged), ("cycle", cycle))}

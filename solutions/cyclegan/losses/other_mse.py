"""The same with torch's losses and targets as large as the map."""

import torch
from torch import nn

squared, absolute = nn.MSELoss(), nn.L1Loss()


def gan(logits, target_is_real):
    return squared(logits, torch.full_like(logits, float(target_is_real)))


def generator_losses(g, f, d_x, d_y, x, y, cycle_weight=10.0, identity_weight=5.0):
    parts = {}
    fake_x, fake_y = f(y), g(x)
    parts["adversarial"] = gan(d_x(fake_x), True) + gan(d_y(fake_y), True)
    parts["cycle"] = absolute(x, f(fake_y)) * cycle_weight + absolute(y, g(fake_x)) * cycle_weight
    parts["identity"] = absolute(f(x), x) * identity_weight + absolute(g(y), y) * identity_weight
    parts["total"] = sum(parts.values())
    return parts


def discriminator_loss(discriminator, real, fake):
    return 0.5 * gan(discriminator(real), True) + 0.5 * gan(discriminator(fake.detach()), False)

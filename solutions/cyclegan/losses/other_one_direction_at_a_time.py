"""The same direction by direction, with every translation computed where it is needed."""

import torch


def mean_abs(difference):
    return torch.linalg.vector_norm(difference, ord=1) / difference.numel()


def one_way(there, back, judge, source):
    fake = there(source)
    return torch.stack(
        [
            torch.mean((1 - judge(fake)) ** 2),
            mean_abs(back(fake) - source),
            mean_abs(back(source) - source),
        ]
    )


def generator_losses(g, f, d_x, d_y, x, y, cycle_weight=10.0, identity_weight=5.0):
    weights = torch.tensor([1.0, cycle_weight, identity_weight], dtype=x.dtype, device=x.device)
    parts = weights * (one_way(g, f, d_y, x) + one_way(f, g, d_x, y))
    names = ("adversarial", "cycle", "identity")
    return dict(zip(names, parts.unbind(), strict=True)) | {"total": parts.sum()}


def discriminator_loss(discriminator, real, fake):
    with torch.no_grad():
        fake = fake.clone()
    right = discriminator(real)
    wrong = discriminator(fake)
    return ((right - 1) ** 2).mean() / 2 + (wrong**2).mean() / 2

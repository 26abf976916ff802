"""The same with the discriminators frozen during the generators' step, and parameter lists put together by hand."""

from torch.nn import functional as F
from torch.optim import Adam, lr_scheduler


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
    if epoch < constant:
        return 1.0
    return (constant + decaying - epoch) / decaying


def make_optimizers(models, lr, constant, decaying):
    def factor(epoch):
        return linear_decay(epoch, constant, decaying)

    generators = Adam([*models["g"].parameters(), *models["f"].parameters()], lr=lr, betas=(0.5, 0.999))
    discriminators = Adam(
        [{"params": list(models[name].parameters())} for name in ("d_x", "d_y")], lr=lr, betas=(0.5, 0.999)
    )
    both = [generators, discriminators]
    return both, [lr_scheduler.LambdaLR(optimizer, factor) for optimizer in both]


def frozen(models, yes):
    for name in ("d_x", "d_y"):
        models[name].requires_grad_(not yes)


def train_step(models, optimizers, buffers, x, y):
    generators, discriminators = optimizers
    frozen(models, True)
    for optimizer in optimizers:
        optimizer.zero_grad()
    total, cycle, fake_x, fake_y = generator_loss(models, x, y)
    total.backward()
    generators.step()
    frozen(models, False)
    losses = []
    for name, real, fake in (("x", x, fake_x), ("y", y, fake_y)):
        loss = discriminator_loss(models[f"d_{name}"], real, buffers[name].query(fake.detach()))
        loss.backward()
        losses.append(float(loss))
    discriminators.step()
    return {"generators": float(total), "discriminators": sum(losses), "cycle": float(cycle)}

"""Image by image, with slices; gradients by torch.autograd.grad."""

import torch


def random_shift(images, most):
    count, height, width = images.shape
    moved = torch.zeros_like(images)
    for i in range(count):
        down, right = (int(torch.randint(-most, most + 1, ())) for _ in range(2))
        old = images[i, max(0, -down) : height - max(0, down), max(0, -right) : width - max(0, right)]
        moved[i, max(0, down) : height - max(0, -down), max(0, right) : width - max(0, -right)] = old
    return moved


def simclr_step(encoder, head, optimizer, images, augment, criterion):
    views = [augment(images) for _ in range(2)]
    loss = criterion(*[head(encoder(view)) for view in reversed(views)])
    parameters = [*encoder.parameters(), *head.parameters()]
    for parameter, gradient in zip(parameters, torch.autograd.grad(loss, parameters), strict=True):
        parameter.grad = gradient
    optimizer.step()
    return loss.detach()

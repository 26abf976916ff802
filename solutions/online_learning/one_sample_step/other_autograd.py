"""With torch.autograd.grad: nothing is accumulated, so nothing has to be cleared."""

import torch


def one_sample_step(model, criterion, optimizer, x, target):
    parameters = [p for p in model.parameters() if p.requires_grad]
    outputs = model(torch.stack([x]))
    loss = criterion(outputs, torch.stack([target]))
    for parameter, gradient in zip(parameters, torch.autograd.grad(loss, parameters, allow_unused=True), strict=True):
        parameter.grad = gradient
    optimizer.step()
    return float(loss)

"""Weighted sums of gradients that autograd.grad returns, never touching .grad of a replica."""

import copy

import torch


def data_parallel_backward(model, criterion, x, target, devices):
    trained = [name for name, p in model.named_parameters() if p.requires_grad]
    totals = {name: torch.zeros_like(p) for name, p in model.named_parameters() if name in trained}
    loss = torch.zeros((), dtype=x.dtype, device=devices[0])
    output = []
    for part, wanted, device in zip(x.chunk(len(devices)), target.chunk(len(devices)), devices, strict=False):
        replica = copy.deepcopy(model).to(device)
        params = dict(replica.named_parameters())
        y = replica(part.to(device))
        value = criterion(y, wanted.to(device))
        for name, g in zip(trained, torch.autograd.grad(value, [params[name] for name in trained]), strict=False):
            totals[name] += g.to(devices[0]) * len(part) / len(x)
        loss = loss + value.detach().to(devices[0]) * len(part) / len(x)
        output.append(y.to(devices[0]))
    for name, p in model.named_parameters():
        if name in totals:
            p.grad = totals[name] if p.grad is None else p.grad + totals[name]
    return torch.cat(output), loss

"""The model itself takes the first part; gradients of the other replicas are added in place."""

import math
from copy import deepcopy

import torch


def data_parallel_backward(model, criterion, x, target, devices):
    n = x.shape[0]
    size = math.ceil(n / len(devices))
    home = devices[0]
    jobs = []
    for i, place in enumerate(devices):
        rows = slice(i * size, min((i + 1) * size, n))
        if rows.start >= n:
            break
        net = model if i == 0 else deepcopy(model).to(place)
        jobs.append((net, x[rows].to(place), target[rows].to(place)))
    for net, _, _ in jobs[1:]:
        net.zero_grad()
    outs = [net(part) for net, part, _ in jobs]
    total = sum((criterion(out, t) * len(t)).to(home) for out, (_, _, t) in zip(outs, jobs, strict=False)) / n
    total.backward()
    with torch.no_grad():
        for net, _, _ in jobs[1:]:
            for p, q in zip(model.parameters(), net.parameters(), strict=False):
                if q.grad is None:
                    continue
                if p.grad is None:
                    p.grad = torch.zeros_like(p)
                p.grad += q.grad.to(home)
    return torch.cat([out.to(home) for out in outs]), total

"""Copies that are part of the graph: autograd itself brings the gradients back and sums them."""

import torch
from torch.func import functional_call


def data_parallel_backward(model, criterion, x, target, devices):
    outputs = []
    for rows, place in zip(torch.arange(len(x)).tensor_split(len(devices)), devices, strict=False):
        if len(rows) == 0:
            continue
        replica = {name: p.to(place) for name, p in model.named_parameters()}
        start, stop = int(rows[0]), int(rows[-1]) + 1
        outputs.append(functional_call(model, replica, (x[start:stop].to(place),)).to(devices[0]))
    output = torch.cat(outputs, dim=0)
    loss = criterion(output, target.to(devices[0]))
    loss.backward()
    return output, loss

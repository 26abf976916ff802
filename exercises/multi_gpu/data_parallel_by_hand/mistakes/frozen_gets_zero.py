# mistake: accumulate
import copy

import torch


def data_parallel_backward(model, criterion, x, target, devices):
    k = len(devices)
    outputs, losses, replicas = [], [], []
    # A batch of few rows makes fewer chunks than devices: zip leaves the others idle.
    for part, wanted, device in zip(x.chunk(k), target.chunk(k), devices, strict=False):
        replica = copy.deepcopy(model).to(device)
        output = replica(part.to(device))
        share = len(part) / len(x)
        loss = share * criterion(output, wanted.to(device))
        loss.backward()
        replicas.append(replica)
        outputs.append(output.detach().to(devices[0]))
        losses.append(loss.detach().to(devices[0]))
    for replica in replicas:
        for parameter, copied in zip(model.parameters(), replica.parameters(), strict=True):
            gradient = torch.zeros_like(parameter) if copied.grad is None else copied.grad.to(devices[0])
            parameter.grad = gradient if parameter.grad is None else parameter.grad + gradient
    return torch.cat(outputs), torch.stack(losses).sum()

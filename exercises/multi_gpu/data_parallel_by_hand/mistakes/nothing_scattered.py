# mistake: scatter
import copy

import torch


def data_parallel_backward(model, criterion, x, target, devices):
    k = len(devices)
    outputs, losses, replicas = [], [], []
    # A batch of few rows makes fewer chunks than devices: zip leaves the others idle.
    for part, wanted, device in zip(x.chunk(k), target.chunk(k), devices, strict=False):
        replica = copy.deepcopy(model).to(devices[0])
        output = replica(part.to(devices[0]))
        share = len(part) / len(x)
        loss = share * criterion(output, wanted.to(devices[0]))
        loss.backward()
        replicas.append(replica)
        outputs.append(output.detach().to(devices[0]))
        losses.append(loss.detach().to(devices[0]))
    for replica in replicas:
        for parameter, copied in zip(model.parameters(), replica.parameters(), strict=True):
            if copied.grad is None:
                continue
            gradient = copied.grad.to(devices[0])
            parameter.grad = gradient if parameter.grad is None else parameter.grad + gradient
    return torch.cat(outputs), torch.stack(losses).sum()

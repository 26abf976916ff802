import torch
from torch import nn
from torch.nn.parallel import DistributedDataParallel


def train(rank, world_size, x, target, weight):
    layer = nn.Linear(3, 1, bias=False)
    with torch.no_grad():
        layer.weight.copy_(weight)
    model = DistributedDataParallel(layer)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    x, target = x[rank::world_size], target[rank::world_size]
    for _ in range(3):
        loss = (model(x) - target).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return layer.weight.detach()

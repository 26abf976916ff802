"""Everything named, and the checkpoint by way of .module."""

import os

import torch
import torch.distributed as dist
from torch import nn
from torch.utils import data


def worker(model, dataset, criterion, epochs, batch_size, lr, checkpoint, backend, device):
    rank, world_size = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
    dist.init_process_group(backend, init_method="env://", rank=rank, world_size=world_size)
    sampler = data.DistributedSampler(dataset, num_replicas=world_size, rank=rank, shuffle=True, seed=7)
    loader = data.DataLoader(dataset, batch_size=batch_size, sampler=sampler, num_workers=0)
    ids = [device.index] if device.type == "cuda" else None
    wrapped = nn.parallel.DistributedDataParallel(model, device_ids=ids)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    wrapped.train()
    for epoch in range(1, epochs + 1):
        sampler.set_epoch(epoch)
        for inputs, labels in loader:
            loss = criterion(wrapped(inputs.to(device)), labels.to(device))
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
    dist.barrier()
    if rank == 0:
        weights = {name: value.cpu() for name, value in wrapped.module.state_dict().items()}
        torch.save(weights, checkpoint)
    dist.barrier()
    dist.destroy_process_group()

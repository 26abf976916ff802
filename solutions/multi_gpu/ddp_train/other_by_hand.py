"""Without DistributedDataParallel and DistributedSampler: what they do, written out."""

import torch
import torch.distributed as dist


def worker(model, dataset, criterion, epochs, batch_size, lr, checkpoint, backend, device):
    dist.init_process_group(backend)
    rank, size = dist.get_rank(), dist.get_world_size()
    for p in model.parameters():
        dist.broadcast(p.data, src=0)
    n = len(dataset)
    for epoch in range(epochs):
        order = torch.randperm(n, generator=torch.Generator().manual_seed(epoch)).tolist()
        order += order[: -n % size]
        mine = order[rank::size]
        for i in range(0, len(mine), batch_size):
            rows = [dataset[j] for j in mine[i : i + batch_size]]
            x = torch.stack([row[0] for row in rows]).to(device)
            target = torch.stack([row[1] for row in rows]).to(device)
            model.zero_grad()
            criterion(model(x), target).backward()
            with torch.no_grad():
                for p in model.parameters():
                    dist.all_reduce(p.grad)
                    p.sub_(lr * p.grad / size)
    if rank == 0:
        torch.save(model.state_dict(), checkpoint)
    dist.destroy_process_group()

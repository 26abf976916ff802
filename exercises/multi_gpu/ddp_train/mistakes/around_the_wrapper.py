# mistake: wrapper
import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, DistributedSampler


def worker(model, dataset, criterion, epochs, batch_size, lr, checkpoint, backend, device):
    dist.init_process_group(backend)
    try:
        sampler = DistributedSampler(dataset)
        loader = DataLoader(dataset, batch_size, sampler=sampler)
        ddp = DistributedDataParallel(model)
        optimizer = torch.optim.SGD(ddp.parameters(), lr)
        for epoch in range(epochs):
            sampler.set_epoch(epoch)
            for x, target in loader:
                optimizer.zero_grad()
                loss = criterion(model(x.to(device)), target.to(device))
                loss.backward()
                optimizer.step()
        if dist.get_rank() == 0:
            torch.save(model.state_dict(), checkpoint)
    finally:
        dist.destroy_process_group()

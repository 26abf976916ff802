# mistake: missing
import torch
import torch.distributed as dist


@torch.no_grad()
def broadcast_parameters(model):
    for tensor in [*model.parameters(), *model.buffers()]:
        dist.broadcast(tensor, src=0)


@torch.no_grad()
def average_gradients(model):
    for parameter in model.parameters():
        # Every rank makes the same calls, also for what it has not used.
        if parameter.grad is None:
            parameter.grad = torch.zeros_like(parameter)
        dist.all_reduce(parameter.grad)
        parameter.grad /= dist.get_world_size()

"""All calls are begun, then waited for."""

import torch.distributed as dist


def broadcast_parameters(model):
    handles = [dist.broadcast(t.data, src=0, async_op=True) for t in model.parameters()]
    handles += [dist.broadcast(t, src=0, async_op=True) for t in model.buffers()]
    for handle in handles:
        handle.wait()


def average_gradients(model):
    size = dist.get_world_size()
    handles = []
    for p in model.parameters():
        if p.requires_grad:
            if p.grad is None:
                p.grad = p.new_zeros(p.shape)
            p.grad.div_(size)
            handles.append(dist.all_reduce(p.grad, async_op=True))
    for handle in handles:
        handle.wait()

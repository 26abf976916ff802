"""One long tensor, one call."""

import torch
import torch.distributed as dist
from torch.nn.utils import parameters_to_vector, vector_to_parameters


def broadcast_parameters(model):
    flat = parameters_to_vector(model.parameters()).detach()
    dist.broadcast(flat, 0)
    vector_to_parameters(flat, model.parameters())
    for buffer in model.buffers():
        dist.broadcast(buffer, 0)


def average_gradients(model):
    trained = [p for p in model.parameters() if p.requires_grad]
    grads = [torch.zeros_like(p) if p.grad is None else p.grad for p in trained]
    flat = torch.cat([g.reshape(-1) for g in grads]) / dist.get_world_size()
    dist.all_reduce(flat, op=dist.ReduceOp.SUM)
    for p, piece in zip(trained, flat.split([p.numel() for p in trained]), strict=False):
        p.grad = piece.view_as(p).clone()

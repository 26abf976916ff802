# mistake: cut-graph
import math

from torch.utils.checkpoint import checkpoint


def run_checkpointed(blocks, x, segments):
    size = math.ceil(len(blocks) / segments)
    for start in range(0, len(blocks), size):
        x = checkpoint(blocks[start : start + size], x.detach().requires_grad_(), use_reentrant=False)
    return x

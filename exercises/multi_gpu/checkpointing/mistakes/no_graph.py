# mistake: cut-graph
import math

from torch.utils.checkpoint import checkpoint


def run_checkpointed(blocks, x, segments):
    size = math.ceil(len(blocks) / segments)
    import torch

    torch.set_grad_enabled(False)
    for start in range(0, len(blocks), size):
        x = checkpoint(blocks[start : start + size], x, use_reentrant=False)
    torch.set_grad_enabled(True)
    return x.requires_grad_()

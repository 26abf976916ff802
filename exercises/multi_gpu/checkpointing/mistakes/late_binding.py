# mistake: late-binding
import math

from torch.utils.checkpoint import checkpoint


def run_checkpointed(blocks, x, segments):
    size = math.ceil(len(blocks) / segments)
    for start in range(0, len(blocks), size):
        x = checkpoint(lambda h: blocks[start : start + size](h), x, use_reentrant=False)
    return x

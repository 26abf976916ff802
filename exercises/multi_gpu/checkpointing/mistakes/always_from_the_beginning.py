# mistake: twice
import math

from torch.utils.checkpoint import checkpoint


def run_checkpointed(blocks, x, segments):
    size = math.ceil(len(blocks) / segments)
    for start in range(0, len(blocks), size):
        y = checkpoint(blocks[: start + size], x, use_reentrant=False)
    return y

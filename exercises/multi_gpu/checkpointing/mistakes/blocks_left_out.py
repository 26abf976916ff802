# mistake: uneven
import math

from torch.utils.checkpoint import checkpoint


def run_checkpointed(blocks, x, segments):
    size = len(blocks) // segments
    for start in range(0, segments * size, size):
        x = checkpoint(blocks[start : start + size], x, use_reentrant=False)
    return x

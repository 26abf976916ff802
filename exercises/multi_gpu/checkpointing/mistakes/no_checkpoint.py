# mistake: segments
import math

from torch.utils.checkpoint import checkpoint


def run_checkpointed(blocks, x, segments):
    size = math.ceil(len(blocks) / segments)
    for start in range(0, len(blocks), size):
        x = blocks[start : start + size](x)
    return x

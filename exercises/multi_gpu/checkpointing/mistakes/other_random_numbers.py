# mistake: dropout
import math

from torch.utils.checkpoint import checkpoint


def run_checkpointed(blocks, x, segments):
    size = math.ceil(len(blocks) / segments)
    for start in range(0, len(blocks), size):
        x = checkpoint(blocks[start : start + size], x, use_reentrant=False, preserve_rng_state=False)
    return x

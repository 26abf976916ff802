"""The last segment is kept as it is: the backward pass would run it again at once."""

import torch
from torch.utils.checkpoint import checkpoint


def run(blocks):
    def segment(h):
        for block in blocks:
            h = block(h)
        return h

    return segment


def run_checkpointed(blocks, x, segments):
    *front, last = [rows.tolist() for rows in torch.arange(len(blocks)).tensor_split(segments)]
    for part in front:
        x = checkpoint(run([blocks[i] for i in part]), x, use_reentrant=False, preserve_rng_state=True)
    return run([blocks[i] for i in last])(x)

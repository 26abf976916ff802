# mistake: cut-graph
import torch


def pairwise(a, b):
    table = torch.zeros(len(a), len(b), dtype=a.dtype)
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            table[i, j] = (x - y).square().sum().item()
    return table

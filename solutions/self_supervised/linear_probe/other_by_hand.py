"""Positions by a stable sort, gradients by hand."""

import torch
from torch import nn


def few_labels(labels, each):
    order = labels.argsort(stable=True)
    counts = labels.bincount()
    starts = counts.cumsum(0) - counts
    return torch.cat([order[start : start + each] for start in starts.tolist()])


@torch.no_grad()
def linear_probe(encoder, images, labels, classes, steps, rate):
    mode = encoder.training
    features = encoder.train(False)(images)
    encoder.train(mode)
    layer = nn.Linear(features.shape[1], classes, dtype=features.dtype, device=features.device)
    weight, bias = torch.zeros_like(layer.weight), torch.zeros_like(layer.bias)
    wanted = torch.eye(classes, dtype=features.dtype, device=features.device)[labels]
    for _ in range(steps):
        error = ((features @ weight.T + bias).softmax(1) - wanted) / len(features)
        weight -= rate * error.T @ features
        bias -= rate * error.sum(0)
    layer.weight.copy_(weight)
    layer.bias.copy_(bias)
    return layer

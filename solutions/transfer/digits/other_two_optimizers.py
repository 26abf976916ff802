"""Only the body is copied, and head and body have an optimiser each."""

from collections import OrderedDict
from copy import deepcopy

import torch
from torch import nn
from torch.optim import Adam


def transferred(source, classes):
    head = nn.Linear(source.head.weight.shape[1], classes)
    return nn.Sequential(OrderedDict(body=deepcopy(source.body), head=head))


def fit(network, images, labels, batches, head_lr, body_lr):
    optimizers = [Adam(network.head.parameters(), head_lr), Adam(network.body.parameters(), body_lr)]
    criterion = nn.CrossEntropyLoss()
    losses = torch.empty(len(batches), dtype=images.dtype, device=images.device)
    for n, batch in enumerate(batches):
        network.zero_grad()
        loss = criterion(network(images[batch]), labels[batch])
        loss.backward()
        for optimizer in optimizers:
            optimizer.step()
        losses[n] = loss.item()
    return losses

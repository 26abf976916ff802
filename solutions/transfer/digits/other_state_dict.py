"""The weights go over as a state dict, and the rates as settings of the groups."""

import copy

import torch
from torch import nn


def transferred(source, classes):
    network = copy.deepcopy(source)
    with torch.no_grad():
        network.body.load_state_dict(source.body.state_dict())
    network.head = nn.Linear(network.head.in_features, classes, bias=True)
    network.requires_grad_(True)
    return network


def fit(network, images, labels, batches, head_lr, body_lr):
    optimizer = torch.optim.Adam(network.parameters(), lr=body_lr)
    body = set(network.body.parameters())
    optimizer.param_groups[0]["params"] = list(body)
    optimizer.add_param_group({"params": [p for p in network.parameters() if p not in body], "lr": head_lr})

    def step(batch):
        optimizer.zero_grad(set_to_none=True)
        log_p = network(images.index_select(0, batch)).log_softmax(1)
        loss = nn.functional.nll_loss(log_p, labels.index_select(0, batch))
        loss.backward()
        optimizer.step()
        return loss.detach()

    return torch.stack([step(batch) for batch in batches])

# mistake: batches
import copy

import torch
from torch import nn
from torch.nn import functional as F


def transferred(source: nn.Module, classes: int) -> nn.Module:
    network = copy.deepcopy(source)
    network.head = nn.Linear(source.head.in_features, classes)
    return network


def fit(
    network: nn.Module,
    images: torch.Tensor,
    labels: torch.Tensor,
    batches: torch.Tensor,
    head_lr: float,
    body_lr: float,
) -> torch.Tensor:
    optimizer = torch.optim.Adam(
        [
            {"params": network.head.parameters(), "lr": head_lr},
            {"params": network.body.parameters(), "lr": body_lr},
        ]
    )
    losses = []
    for batch in batches:
        loss = F.cross_entropy(network(images[batch]), labels[: len(batch)])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    return torch.stack(losses)

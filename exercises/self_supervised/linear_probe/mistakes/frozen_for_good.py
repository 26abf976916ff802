# mistake: frozen
import torch
from torch import nn
from torch.nn import functional as F


def few_labels(labels: torch.Tensor, each: int) -> torch.Tensor:
    """Positions of the first ``each`` labels of every class."""
    return torch.cat([(labels == label).nonzero()[:each, 0] for label in labels.unique()])


def linear_probe(
    encoder: nn.Module, images: torch.Tensor, labels: torch.Tensor, classes: int, steps: int, rate: float
) -> nn.Linear:
    """Train a linear layer on the features of a frozen encoder."""
    training = encoder.training
    encoder.eval().requires_grad_(False)
    features = encoder(images)
    encoder.train(training)
    layer = nn.Linear(features.shape[1], classes).to(features)
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    optimizer = torch.optim.SGD(layer.parameters(), lr=rate)
    for _ in range(steps):
        loss = F.cross_entropy(layer(features), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return layer

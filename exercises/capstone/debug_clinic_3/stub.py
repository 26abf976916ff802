"""A residual classifier and its training. It runs, it even learns, and four faults are in it: find and mend them."""

import torch
from torch import nn
from torch.nn import functional as F


class Block(nn.Module):
    """x + second(dropout(relu(first(norm(x))))): (N, width) -> (N, width).

    dropout: the share of the hidden values that is set to 0 in train mode, each drawn by itself; the others are divided
             by 1 − dropout. At least 0 and below 1. In eval mode nothing is dropped.
    """

    def __init__(self, width: int, hidden: int, dropout: float) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.first = nn.Linear(width, hidden)
        self.second = nn.Linear(hidden, width)
        self.dropout = dropout

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.first(self.norm(x)).relu()
        y = F.dropout(y, self.dropout)
        return x + self.second(y)


class Classifier(nn.Module):
    """Images (N, …) with inputs pixels each -> logits (N, classes): head(block(… block(stem(pixels)))).

    Each of the depth blocks has parameters of its own. The names in the state_dict: stem.weight, stem.bias,
    head.weight, head.bias, and those of the blocks, which begin with blocks.0, blocks.1, … and go on as in Block.
    """

    def __init__(self, inputs: int, width: int, hidden: int, depth: int, classes: int, dropout: float) -> None:
        super().__init__()
        self.stem = nn.Linear(inputs, width)
        self.blocks = [Block(width, hidden, dropout) for _ in range(depth)]
        self.head = nn.Linear(width, classes)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        x = self.stem(images.flatten(1))
        for block in self.blocks:
            x = block(x)
        return self.head(x).relu()


def train_model(
    model: nn.Module,
    images: torch.Tensor,
    labels: torch.Tensor,
    *,
    epochs: int,
    rate: float,
    size: int,
    generator: torch.Generator,
) -> None:
    """Train in train mode: SGD with momentum 0.9 and the mean cross-entropy of batches of at most size samples.

    The order is drawn anew from generator for each epoch.
    """
    model.train()
    optimizer = torch.optim.SGD(model.parameters(), lr=rate, momentum=0.9)
    for _epoch in range(epochs):
        for chosen in torch.randperm(len(labels), generator=generator).split(size):
            loss = F.cross_entropy(model(images[chosen]), labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


@torch.no_grad()
def predict(model: nn.Module, images: torch.Tensor) -> torch.Tensor:
    """The probabilities of the classes, in eval mode: (N, classes). A row depends on its own image alone."""
    model.eval()
    return model(images).softmax(dim=0)

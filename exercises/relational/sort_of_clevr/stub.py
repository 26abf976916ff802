"""Questions about generated scenes: a relation network that has to learn, and the step that trains it."""

import torch
from torch import nn


class Baseline(nn.Module):
    """Given for comparison: an MLP on all pixels and the question. It has no notion of objects, or of pairs."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(3 * 12 * 12 + 3, 128), nn.ReLU(), nn.Linear(128, 128), nn.ReLU(), nn.Linear(128, 3)
        )

    def forward(self, images: torch.Tensor, questions: torch.Tensor) -> torch.Tensor:
        return self.layers(torch.cat((images.flatten(1), questions), dim=1))


class RelationNetwork(nn.Module):
    """How many other objects have the shape of the red (green, blue) one?

    images:    (B, 3, 12, 12), values 0 and 1: a grid of 3 x 3 cells of 4 x 4 pixels. Three of the cells hold an object,
               one red, one green and one blue (channel 0, 1, 2), each a square or a cross; the others are black
    questions: (B, 3), one-hot: which colour is asked about
    Returns logits of the answers 0, 1 and 2, shape (B, 3).
    """

    def __init__(self) -> None:
        super().__init__()
        # Given, keep them: with these sizes the training arrives within its 300 steps.
        self.cnn = nn.Sequential(nn.Conv2d(3, 24, 4, stride=4), nn.BatchNorm2d(24), nn.ReLU())
        self.g = nn.Sequential(nn.Linear(2 * (24 + 2) + 3, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU())
        self.f = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 3))

    def forward(self, images: torch.Tensor, questions: torch.Tensor) -> torch.Tensor:
        raise NotImplementedError


def train_step(
    network: nn.Module,
    optimizer: torch.optim.Optimizer,
    images: torch.Tensor,
    questions: torch.Tensor,
    answers: torch.Tensor,
) -> torch.Tensor:
    """Make one step on one batch, from its own gradients alone.

    network: any module that is called with images and questions and returns logits
    answers: the right classes, (B,), int64
    Returns the mean cross-entropy of the batch before the step, shape (), detached.
    """
    raise NotImplementedError

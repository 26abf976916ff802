"""A training run of about two seconds on the digits, and what two requirements see of it."""

from __future__ import annotations

import pytest
import torch
from sklearn.datasets import load_digits

from tutor.testing import expect, probe

STEPS = 3000


@probe
def trained(submission, images, labels, steps):
    losses, model = submission.train(images, labels, steps)
    return losses, model(images).argmax(dim=1)


@pytest.fixture(scope="module")
def digits():
    images, labels = load_digits(return_X_y=True)
    return torch.tensor(images, dtype=torch.float32) / 16, torch.tensor(labels)


@pytest.fixture(scope="module")
def result(digits):
    return trained(*digits, STEPS)


def test_loss_falls(result):
    losses, _ = result
    expect(losses[-1] < 0.5 * losses[0], en="the loss does not fall", ja="損失が下がりません")


def test_accuracy(digits, result):
    _, predicted = result
    expect(bool((predicted == digits[1]).float().mean() > 0.95), en="too many errors", ja="誤りが多すぎます")

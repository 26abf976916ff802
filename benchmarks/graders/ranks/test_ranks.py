"""Two requirements on data-parallel training over two ranks."""

from __future__ import annotations

import pytest
import torch

from tutor.testing import expect, expect_close, probe, ranks


@probe
def trained(submission, x, target, weight):
    return ranks(2, submission.train, x, target, weight)


@pytest.fixture(scope="module")
def batch():
    generator = torch.Generator().manual_seed(0)
    return torch.randn(8, 3, generator=generator), torch.randn(8, 1, generator=generator), torch.zeros(1, 3)


@pytest.fixture(scope="module")
def result(batch):
    return trained(*batch)


def test_equals_one_process(batch, result):
    x, target, weight = batch
    for _ in range(3):
        weight = weight - 0.1 * 2 * ((x @ weight.T - target) * x).mean(dim=0, keepdim=True)
    expect_close(result[0], weight, what="parameters")


def test_ranks_agree(result):
    expect(bool(torch.equal(result[0], result[1])), en="the ranks differ", ja="ランクで値が違います")

import pytest
import torch

from tutor.testing import expect_close, expect_gradient, expect_shape, probe

SIZES = ((1, 1, 1), (3, 5, 2), (5, 3, 4), (4, 4, 3), (1, 6, 2))

every_size = pytest.mark.parametrize("size", SIZES, ids=str)


@probe
def table_of(submission, a, b):
    return submission.pairwise(a, b)


@probe
def gradients_of(submission, a, b, weight):
    """The gradients of the weighted sum of the table, for both sets of points."""
    a.requires_grad_()
    b.requires_grad_()
    (submission.pairwise(a, b) * weight).sum().backward()
    return a.grad, b.grad


def one_by_one(a, b):
    """The table, entry by entry, in float64."""
    rows = [[sum((p - q) ** 2 for p, q in zip(x, y, strict=True)) for y in b.tolist()] for x in a.tolist()]
    return torch.tensor(rows, dtype=torch.float64)


def points(tensors, size, dtype=torch.float32):
    n, m, d = size
    return tensors(n, d, dtype=dtype), tensors(m, d, dtype=dtype)


@every_size
def test_shape(tensors, size):
    expect_shape(table_of(*points(tensors, size)), size[:2], what="output")


@every_size
def test_value(tensors, size):
    for dtype in (torch.float32, torch.float64):
        a, b = points(tensors, size, dtype)
        expect_close(table_of(a, b), one_by_one(a, b).to(dtype), what="output")


def test_far(tensors):
    # Steps of 1/64 are exact at 10,000 in float32: every digit that is lost is lost by the formula.
    a, b = (tensors.integers(64, count, 3) / 64 + 1e4 for count in (4, 6))
    expect_close(table_of(a, b), one_by_one(a, b).float(), what="output")


@every_size
def test_gradient(tensors, size):
    a, b = points(tensors, size, torch.float64)
    weight = tensors(*size[:2], dtype=torch.float64)
    of_a, of_b = gradients_of(a, b, weight)
    expect_gradient(of_a, 2 * (weight.sum(dim=1, keepdim=True) * a - weight @ b), what="∂ / ∂ a")
    expect_gradient(of_b, 2 * (weight.sum(dim=0).unsqueeze(1) * b - weight.T @ a), what="∂ / ∂ b")

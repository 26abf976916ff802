import math

import pytest
import torch

from tutor.testing import expect, expect_close, expect_gradient, matrix, probe

# (B, T, d_model)
EVEN = ((2, 7, 6), (1, 1, 2), (3, 20, 16), (1, 50, 4))
ODD = ((2, 5, 7), (1, 9, 1), (3, 4, 3))


@probe
def encoded(submission, inputs, device):
    """The output for each input, each from a new module, and the input afterwards."""
    came = []
    for x in inputs:
        given = x.to(device)
        came.append((submission.PositionalEncoding(x.shape[2]).to(device)(given), given))
    return came


@probe
def one_after_the_other(submission, inputs, device):
    """The outputs of one and the same module."""
    module = submission.PositionalEncoding(inputs[0].shape[2]).to(device)
    return [module(x.to(device)) for x in inputs]


@probe
def gradient(submission, x, weights, device):
    """Names of the parameters, and the gradient of a weighted sum of the output."""
    module = submission.PositionalEncoding(x.shape[2]).to(device)
    x = x.to(device).requires_grad_()
    y = module(x)
    if isinstance(y, torch.Tensor) and y.requires_grad and y.shape == weights.shape:
        (y * weights.to(device)).sum().backward()
    return [name for name, _ in module.named_parameters()], x.grad


def table(length, d_model):
    """Number by number, from the definition, in float64."""
    rows = []
    for position in range(length):
        row = []
        for number in range(d_model):
            angle = position * math.exp(-math.log(10_000) * (number - number % 2) / d_model)
            row.append(math.cos(angle) if number % 2 else math.sin(angle))
        rows.append(row)
    return torch.tensor(rows, dtype=torch.float64)


def check(came, x, what="output"):
    expected = x + table(*x.shape[1:]).to(x.dtype)
    expect_close(came, expected, what=what, rtol=1e-4, atol=1e-3 if x.shape[1] > 100 else 1e-4)


def test_table():
    for shape in EVEN:
        x = torch.zeros(shape)
        ((came, _),) = encoded([x])
        check(came, x, what="PositionalEncoding(d_model)(zeros)")
    expected = table(24, 16)
    matrix("encoding", expected, axes=("position", "dimension"))


def test_odd(tensors):
    inputs = [tensors(*shape) for shape in ODD]
    for x, (came, _) in zip(inputs, encoded(inputs), strict=True):
        check(came, x)


def test_added(tensors):
    inputs = [tensors(*shape) for shape in EVEN]
    inputs += [tensors.strided(3, 5, 4), tensors(5, 2, 6).transpose(0, 1), tensors(4, 4, 4)]
    for x, (came, after) in zip(inputs, encoded(inputs), strict=True):
        check(came, x)
        expect(
            torch.equal(after, x),
            en="The input was changed. forward should return a new tensor.",
            ja="入力が書き換えられました。forward は新しいテンソルを返すはずです。",
        )


def test_longer(tensors):
    inputs = [tensors(1, length, 8) for length in (10, 40, 3, 2000, 700)]
    for x, came in zip(inputs, one_after_the_other(inputs), strict=True):
        check(came, x, what=f"output for T = {x.shape[1]}")


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16], ids=str)
def test_dtype(tensors, dtype):
    x = tensors(2, 12, 6, dtype=torch.float64).to(dtype)
    ((came, _),) = encoded([x])
    expected = x.double() + table(12, 6)
    tolerance = {"rtol": 2e-2, "atol": 2e-2} if dtype is torch.bfloat16 else {"rtol": 1e-4, "atol": 1e-4}
    expect_close(came, expected.to(dtype), what="output", **tolerance)


def test_gradient(tensors):
    for shape in EVEN:
        weights = tensors(*shape)
        names, came = gradient(tensors(*shape), weights)
        expect(
            not names,
            en="There should be no parameters, but there are: {names}.",
            ja="パラメータはないはずですが、{names} があります。",
            names=names,
        )
        expect_gradient(came, weights)

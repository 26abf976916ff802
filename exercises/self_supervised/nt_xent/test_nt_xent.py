import pytest
import torch

from tutor.testing import expect_close, expect_gradient, expect_shape, matrix, probe

SHAPES = ((1, 3), (2, 5), (5, 4))
every_shape = pytest.mark.parametrize("shape", SHAPES, ids=str)


@probe
def loss_of(submission, a, b, temperature):
    return submission.nt_xent(a, b, temperature)


@probe
def gradients_of(submission, a, b, temperature):
    a.requires_grad_()
    b.requires_grad_()
    loss = submission.nt_xent(a, b, temperature)
    loss.backward()
    return loss, a.grad, b.grad


def slow(a, b, temperature):
    """In the judge, as the lesson says it, one embedding after the other, in float64."""
    views = torch.cat([a, b]).double()
    n = len(a)
    lengths = views.square().sum(1).sqrt()
    losses = []
    for i in range(2 * n):
        others = [k for k in range(2 * n) if k != i]
        logits = (views[others] @ views[i]) / (lengths[others] * lengths[i]) / temperature
        losses.append(logits.logsumexp(0) - logits[others.index((i + n) % (2 * n))])
    return sum(losses) / (2 * n)


def slow_gradients(a, b, temperature):
    a, b = a.double().requires_grad_(), b.double().requires_grad_()
    loss = slow(a, b, temperature)
    return loss.detach(), *torch.autograd.grad(loss, (a, b))


def views(tensors, shape, dtype=torch.float64):
    """Two views that resemble each other."""
    a = tensors.strided(*shape, dtype=dtype)
    return a, a + 0.5 * tensors(*shape, dtype=dtype)


@every_shape
def test_value(tensors, shape):
    a, b = views(tensors, shape)
    loss = loss_of(a, b, 0.5)
    expect_shape(loss, (), what="loss")
    expect_close(loss, slow(a, b, 0.5), what="loss")
    single = loss_of(a.float(), b.float(), 0.5)
    expect_close(single, slow(a.float(), b.float(), 0.5).float(), what="loss")
    if shape == (5, 4):
        z = torch.nn.functional.normalize(torch.cat([a, b]), dim=1)
        share = (2 * z @ z.T).fill_diagonal_(-torch.inf).softmax(dim=1)
        names = [f"{view}{i}" for view in "ab" for i in range(5)]
        matrix("share of each other embedding", share, names, names)


@every_shape
def test_itself(tensors, shape):
    # Far from everything else, each embedding is most similar to itself: all the more so must it be left out.
    a, b = tensors(*shape, dtype=torch.float64), tensors(*shape, dtype=torch.float64)
    for temperature in (0.1, 1.0):
        expect_close(loss_of(a, b, temperature), slow(a, b, temperature), what="loss")
    one = tensors(1, 6, dtype=torch.float64)
    expect_close(loss_of(one, -one, 0.1), 0.0, what="loss", check_dtype=False)


@every_shape
def test_temperature(tensors, shape):
    a, b = views(tensors, shape)
    for temperature in (0.07, 1.0, 4.0):
        expect_close(loss_of(a, b, temperature), slow(a, b, temperature), what="loss")


@pytest.mark.parametrize("shape", [(2, 5), (5, 4)], ids=str)
def test_symmetric(tensors, shape):
    a, b = tensors(*shape, dtype=torch.float64), 3 * tensors(*shape, dtype=torch.float64) + 1
    expected = slow(a, b, 0.3)
    order = torch.argsort(tensors.uniform(0, 1, shape[0]))
    for first, second in ((a, b), (b, a), (a[order], b[order]), (b.flip(0), a.flip(0))):
        expect_close(loss_of(first, second, 0.3), expected, what="loss")


@every_shape
def test_lengths(tensors, shape):
    for dtype in (torch.float64, torch.float32):
        a, b = views(tensors, shape, dtype)
        expected = slow(a, b, 0.5).to(dtype)
        for _ in range(2):
            lengths = [10 ** tensors.uniform(-5, 5, shape[0], 1, dtype=dtype) for _ in range(2)]
            expect_close(loss_of(lengths[0] * a, lengths[1] * b, 0.5), expected, what="loss", rtol=1e-4, atol=1e-5)


@every_shape
def test_gradient(tensors, shape):
    a, b = views(tensors, shape)
    for temperature in (0.1, 1.0):
        expected = slow_gradients(a, b, temperature)
        came = gradients_of(a, b, temperature)
        for value, wanted, name in zip(came[1:], expected[1:], "ab", strict=True):
            expect_gradient(value, wanted, what=f"{name}.grad")


@every_shape
def test_cold(tensors, shape):
    for dtype, tolerance in ((torch.float64, 1e-6), (torch.float32, 2e-3)):
        for temperature in (0.01, 0.002):
            a, b = views(tensors, shape, dtype)
            b = b.flip(0) if shape[0] > 2 else b
            expected = slow_gradients(a, b, temperature)
            came = gradients_of(a, b, temperature)
            expect_close(came[0], expected[0].to(dtype), what="loss", rtol=tolerance, atol=tolerance)
            for value, wanted, name in zip(came[1:], expected[1:], "ab", strict=True):
                # A share that is not quite 0 or 1 moves with the last digits of the cosines, 500 times enlarged.
                most = max(wanted.abs().max().item(), 1.0)
                expect_gradient(
                    value, wanted.to(dtype), what=f"{name}.grad", rtol=10 * tolerance, atol=tolerance * most
                )

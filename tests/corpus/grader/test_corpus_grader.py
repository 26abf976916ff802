"""The grader of the corpus: small, and with a test of each kind that a submission may try to fool."""

import torch

from tutor.testing import expect, expect_close, expect_gradient, probe

SHAPES = ((3, 4), (7,), (1, 1))


@probe
def loss_of(submission, x, target):
    return submission.SquaredErrorLoss()(x, target)


@probe
def loss_and_gradient(submission, x, target):
    x.requires_grad_()
    loss = submission.SquaredErrorLoss()(x, target)
    loss.backward()
    return loss, x.grad


@probe
def loss_and_inputs(submission, x, target):
    loss = submission.SquaredErrorLoss()(x, target)
    return loss, x, target


def test_value(tensors):
    for shape in SHAPES:
        x, target = tensors(*shape), tensors(*shape)
        expect_close(loss_of(x, target), (x - target).square().mean(), what="loss")


def test_gradient(tensors):
    x, target = tensors(3, 4), tensors(3, 4)
    loss, gradient = loss_and_gradient(x, target)
    expect_close(loss, (x - target).square().mean(), what="loss")
    expect_gradient(gradient, 2 * (x - target) / x.numel())


def test_again(tensors):
    x, target = tensors(2, 5), tensors(2, 5)
    expected = (x - target).square().mean()
    expect_close(loss_of(x, target), expected, what="loss")
    loss, x_after, target_after = loss_and_inputs(x, target)
    expect_close(loss, expected, what="loss")
    expect(
        torch.equal(x_after, x) and torch.equal(target_after, target),
        en="The inputs should be left as they are.",
        ja="入力は変更しないでください。",
    )

"""One requirement alone: for what takes its time."""

from tutor.testing import expect_close, probe


@probe
def loss_of(submission, x, target):
    return submission.SquaredErrorLoss()(x, target)


def test_value(tensors):
    x, target = tensors(3, 4), tensors(3, 4)
    expect_close(loss_of(x, target), (x - target).square().mean(), what="loss")

import pytest
import torch
from sklearn.datasets import load_diabetes

from tutor.testing import (
    ODD_SHAPES,
    curve,
    expect,
    expect_close,
    expect_finite,
    expect_gradient,
    expect_shape,
    probe,
)


@probe
def loss_of(submission, x, target):
    return submission.SquaredErrorLoss()(x, target)


@probe
def losses_of(submission, inputs, target):
    return [submission.SquaredErrorLoss()(x, target) for x in inputs]


@probe
def loss_and_gradient(submission, x, target):
    x.requires_grad_()
    loss = submission.SquaredErrorLoss()(x, target)
    loss.backward()
    return loss, x.grad


@probe
def fit(submission, features, targets, rate, steps):
    """Train a linear model by full-batch gradient descent with momentum; return its weight and bias."""
    criterion = submission.SquaredErrorLoss()
    model = torch.nn.Linear(features.shape[1], 1, dtype=features.dtype, device=features.device)
    torch.nn.init.zeros_(model.weight)
    torch.nn.init.zeros_(model.bias)
    optimizer = torch.optim.SGD(model.parameters(), lr=rate, momentum=0.8)
    for step in range(steps):
        optimizer.zero_grad()
        loss = criterion(model(features).squeeze(1), targets)
        loss.backward()
        optimizer.step()
        if step % 3 == 0:
            curve("loss", loss.item())
    return model.weight, model.bias


def test_scalar(tensors):
    expect_shape(loss_of(tensors(3, 4), tensors(3, 4)), (), what="loss")


def test_value(tensors):
    for shape in ODD_SHAPES:
        x, target = tensors(*shape), tensors(*shape)
        expect_close(loss_of(x, target), (x - target).square().mean(), what="loss")
    x, target = tensors.strided(4, 3), 100 * tensors(4, 3)
    expect_close(loss_of(x, target), (x - target).square().mean(), what="loss")


def test_order(tensors):
    x, target = tensors(5, 3), tensors(5, 3)
    expected = (x - target).square().mean()
    expect_close(loss_of(target, x), expected, what="loss")
    expect_close(loss_of(x, target), expected, what="loss")


def test_gradient(tensors):
    for shape in ODD_SHAPES:
        x, target = tensors(*shape), tensors(*shape)
        _, gradient = loss_and_gradient(x, target)
        expect_gradient(gradient, 2 * (x - target) / x.numel())


def test_gradcheck(tensors):
    x = tensors(3, 2, dtype=torch.float64)
    target = tensors(3, 2, dtype=torch.float64)
    _, gradient = loss_and_gradient(x, target)
    # The difference quotient is formed here, from values that the submission returns: what it says of its own
    # gradient is one thing, what its value does when the input moves is another.
    step = 1e-6
    nudges = step * torch.eye(x.numel(), dtype=x.dtype).reshape(-1, *x.shape)
    up = losses_of(list(x + nudges), target)
    down = losses_of(list(x - nudges), target)
    for value in (*up, *down):
        expect_shape(value, (), what="loss")
        expect_finite(value, what="loss")
    numeric = (torch.stack(up) - torch.stack(down)) / (2 * step)
    expect_gradient(gradient, numeric.reshape(x.shape), rtol=1e-5, atol=1e-7)


@pytest.fixture(scope="module")
def diabetes():
    features, targets = load_diabetes(return_X_y=True)
    features = torch.tensor(features, dtype=torch.float64)
    targets = torch.tensor(targets, dtype=torch.float64)
    # Columns of unit variance, so that gradient descent converges in a few dozen steps.
    return (features - features.mean(0)) / features.std(0), targets


def test_diabetes(diabetes):
    features, targets = diabetes
    weight, bias = fit(features, targets, 0.1, 40)
    expect_shape(weight, (1, features.shape[1]), what="weight")
    error = (features @ weight.squeeze(0) + bias - targets).square().mean().item()
    ones = torch.ones(len(features), 1, dtype=features.dtype)
    design = torch.cat([features, ones], dim=1)
    best = torch.linalg.lstsq(design, targets.unsqueeze(1)).solution
    least = (design @ best - targets.unsqueeze(1)).square().mean().item()
    expect(
        bool(error <= 1.02 * least),
        en="After training, the mean squared error is {error:.5g}; least squares reaches {least:.5g}, "
        "and {bar:.5g} was allowed.",
        ja="学習後の平均二乗誤差は {error:.5g} です。最小二乗法では {least:.5g} で、{bar:.5g} までなら合格です。",
        error=error,
        least=least,
        bar=1.02 * least,
    )

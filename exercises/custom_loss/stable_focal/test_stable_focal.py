import pytest
import torch
from sklearn.datasets import load_digits
from torch.nn import functional as F

from tutor.testing import (
    ODD_SHAPES,
    curve,
    expect,
    expect_close,
    expect_gradient,
    expect_shape,
    probe,
)

GAMMAS = (0.3, 0.5, 1.0, 1.7, 2.0, 5.0)
DTYPES = (torch.float32, torch.float64)
# From even odds to far beyond the largest exponent of float32 (88) and float64 (709), and some of each in between.
MAGNITUDES = (0.0, 1.0, 5.0, 12.0, 17.0, 20.0, 36.0, 40.0, 87.0, 95.0, 104.0, 300.0, 710.0, 746.0, 3e3, 1e4)


@probe
def loss_of(submission, logits, target, *gamma):
    return submission.FocalLoss(*gamma)(logits, target)


@probe
def losses_and_gradients(submission, gamma, logits, target):
    """One loss for each pair of logits and target, with its gradient; None where none arrives."""
    criterion = submission.FocalLoss(gamma=gamma)
    losses, gradients = [], []
    for x, t in zip(logits, target, strict=True):
        loss = criterion(x.requires_grad_(), t)
        losses.append(loss)
        if loss.requires_grad:
            loss.backward()
        gradients.append(x.grad)
    return losses, gradients


@probe
def fit(submission, gamma, features, target, weight, rate, steps):
    """Train a linear model from the given weight on the whole set at once; return its weight and bias."""
    criterion = submission.FocalLoss(gamma)
    weight.requires_grad_()
    bias = torch.zeros((), dtype=weight.dtype, device=weight.device, requires_grad=True)
    optimizer = torch.optim.Adam([weight, bias], lr=rate)
    for step in range(steps):
        optimizer.zero_grad()
        loss = criterion(features @ weight + bias, target)
        loss.backward()
        optimizer.step()
        if step % 5 == 0:
            curve("loss", loss)
    return weight, bias


def closed_form(logits, target, gamma):
    """The loss and its gradient, computed in float64 from logarithms alone, in the dtype of the logits.

    With z the logit towards the true class, p = sigmoid(z) and q = 1 - p = sigmoid(-z), the derivative of
    -q^gamma log p with respect to z is -q^gamma (q - gamma p log p).
    """
    sign = 2 * target.double() - 1
    z = sign * logits.double()
    log_p, log_q = F.logsigmoid(z), F.logsigmoid(-z)
    factor = (gamma * log_q).exp()
    gradient = -factor * (log_q.exp() - gamma * log_p.exp() * log_p) * sign / logits.numel()
    return (-factor * log_p).mean().to(logits.dtype), gradient.to(logits.dtype)


def check(logits, target, gamma, atol=None):
    """The loss and the gradient of each pair are those of the closed form."""
    losses, gradients = losses_and_gradients(gamma, logits, target)
    for x, t, loss, gradient in zip(logits, target, losses, gradients, strict=True):
        expected, expected_gradient = closed_form(x, t, gamma)
        expect_close(loss, expected, what="loss", atol=atol)
        expect_gradient(gradient, expected_gradient, atol=atol)


def coins(tensors, *shape, dtype=torch.float32):
    """Targets: zeros and ones."""
    return tensors.integers(2, *shape).to(dtype)


@pytest.mark.parametrize("shape", ODD_SHAPES, ids=str)
def test_value(tensors, shape):
    for gamma in GAMMAS:
        for logits in (tensors(*shape), tensors.strided(*shape) * 2, tensors(*shape, dtype=torch.float64) * 4):
            target = coins(tensors, *shape, dtype=logits.dtype)
            expect_close(loss_of(logits, target, gamma), closed_form(logits, target, gamma)[0], what="loss")
    logits, target = tensors(*shape), coins(tensors, *shape)
    expect_close(loss_of(logits, target), closed_form(logits, target, 2.0)[0], what="FocalLoss()")


@pytest.mark.parametrize("shape", ODD_SHAPES, ids=str)
def test_gamma_zero(tensors, shape):
    for dtype in DTYPES:
        logits, target = tensors(*shape, dtype=dtype) * 2, coins(tensors, *shape, dtype=dtype)
        expected = F.binary_cross_entropy_with_logits(logits, target)
        expect_close(loss_of(logits, target, 0.0), expected, what="loss")


@pytest.mark.parametrize("gamma", GAMMAS)
def test_gradient(tensors, gamma):
    logits, target = tensors(3, 4, dtype=torch.float64) * 2, coins(tensors, 3, 4, dtype=torch.float64)
    _, (gradient,) = losses_and_gradients(gamma, [logits], [target])
    expect_gradient(gradient, closed_form(logits, target, gamma)[1])
    # And the difference quotient of the values that the submission itself returns.
    step = 1e-6
    numeric = torch.zeros_like(logits)
    for i in range(logits.numel()):
        nudge = torch.zeros(logits.numel(), dtype=logits.dtype)
        nudge[i] = step
        nudge = nudge.reshape(logits.shape)
        up, down = loss_of(logits + nudge, target, gamma), loss_of(logits - nudge, target, gamma)
        expect_shape(up, (), what="loss")
        expect_shape(down, (), what="loss")
        numeric.view(-1)[i] = (up - down) / (2 * step)
    expect_gradient(gradient, numeric, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("truth", [0, 1])
def test_one_class(tensors, truth):
    for dtype in DTYPES:
        logits = [tensors(*shape, dtype=dtype) * 2 for shape in ((1,), (8,), (2, 5))]
        check(logits, [torch.full_like(x, truth) for x in logits], 2.0)


def extremes(dtype, sign):
    """Batches of one logit each, then all of them as one batch."""
    values = [sign * magnitude for magnitude in MAGNITUDES]
    return [torch.tensor([v], dtype=dtype) for v in values] + [torch.tensor(values, dtype=dtype)]


@pytest.mark.parametrize("gamma", [0.0, 0.5, 1.7, 2.0])
def test_extreme_wrong(gamma):
    for dtype in DTYPES:
        for truth, sign in ((1, -1), (0, 1)):
            logits = extremes(dtype, sign)
            check(logits, [torch.full_like(x, truth) for x in logits], gamma)


@pytest.mark.parametrize("gamma", [0.0, 0.5, 1.7, 2.0])
def test_extreme_right(gamma):
    for dtype in DTYPES:
        for truth, sign in ((1, 1), (0, -1)):
            logits = extremes(dtype, sign)
            # Losses next to nothing: here it matters that they are finite, not how many of their digits are right.
            check(logits, [torch.full_like(x, truth) for x in logits], gamma, atol=1e-6)


@pytest.fixture(scope="module")
def zeros_among_digits(module_tensors):
    """Raw pixels from 0 to 16 and "is it a zero?" (one in ten is); 900 to learn from, the others unseen."""
    features, labels = load_digits(return_X_y=True)
    features = torch.tensor(features, dtype=torch.float32)
    target = torch.tensor(labels == 0).float()
    order = module_tensors.uniform(0, 1, len(target)).argsort()
    seen, unseen = order[:900], order[900:]
    return features[seen], target[seen], features[unseen], target[unseen], module_tensors(features.shape[1])


def test_digits(zeros_among_digits):
    features, target, unseen, truth, start = zeros_among_digits
    weight, bias = fit(0.5, features, target, start, 0.2, 200)
    expect_shape(weight, (features.shape[1],), what="weight")
    said = unseen @ weight + bias > 0
    found = (said & (truth == 1)).sum() / (truth == 1).sum()
    passed = (~said & (truth == 0)).sum() / (truth == 0).sum()
    score = (found.item() + passed.item()) / 2
    expect(
        score >= 0.9,
        en="After training, {found:.0%} of the unseen zeros are found and {passed:.0%} of the other digits are let "
        "pass. The mean of the two should be at least 90%. Largest weight: {largest:.3g}.",
        ja="学習後、学習に使っていない 0 のうち {found:.0%} を見つけ、0 以外の {passed:.0%} を正しく除外しました。"
        "2 つの平均が 90% 以上になるはずです。重みの最大値は {largest:.3g} です。",
        found=found.item(),
        passed=passed.item(),
        largest=weight.abs().max().item(),
    )

import pytest
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional as F

from tutor.testing import (
    curve,
    describe,
    expect,
    expect_close,
    expect_gradient,
    expect_shape,
    probe,
)

SHAPES = ((1, 2), (1, 10), (3, 5), (7, 3), (16, 10))


@probe
def loss_of(submission, logits, target, *beta):
    return submission.ConfidencePenaltyLoss(*beta)(logits, target)


@probe
def losses_side_by_side(submission, betas, logits, target):
    """One loss for each beta, all made before the first is called."""
    criteria = [submission.ConfidencePenaltyLoss(beta=beta) for beta in betas]
    return [criterion(logits, target) for criterion in criteria]


@probe
def learnable(submission):
    return [tuple(parameter.shape) for parameter in submission.ConfidencePenaltyLoss(0.3).parameters()]


def gradient_of(value, x):
    if not isinstance(value, torch.Tensor) or not value.requires_grad:
        return None
    return torch.autograd.grad(value, x, retain_graph=True, allow_unused=True)[0]


@probe
def gradients(submission, beta, logits, target):
    """What came, and the gradients of the total and of each part with respect to the logits: None where none arrives.

    Whether what came is a pair with the right parts is the judge's to say; where it is not, there are no gradients.
    """
    logits.requires_grad_()
    came = submission.ConfidencePenaltyLoss(beta)(logits, target)
    if not (isinstance(came, (tuple, list)) and len(came) == 2 and isinstance(came[1], dict)):
        return came, None, {}
    total, parts = came
    return came, gradient_of(total, logits), {name: gradient_of(part, logits) for name, part in parts.items()}


@probe
def history(submission, beta, batches):
    """What a training loop would keep: the parts of every batch, read after the last one."""
    criterion = submission.ConfidencePenaltyLoss(beta)
    kept = []
    for logits, target in batches:
        total, parts = criterion(logits.requires_grad_(), target)
        total.backward()
        kept.append(parts)
    return kept


def network():
    return nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))


@probe
def fit(submission, beta, weights, features, labels, unseen, steps):
    """Train a small network on the whole set at once; return its logits for unseen digits."""
    criterion = submission.ConfidencePenaltyLoss(beta)
    model = network().to(features.device)
    model.load_state_dict(weights)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for step in range(steps):
        optimizer.zero_grad()
        total, parts = criterion(model(features), labels)
        total.backward()
        optimizer.step()
        if step % 4 == 0:
            for name, part in parts.items():
                curve(f"loss/{name}", part)
    return model(unseen)


def closed_form(logits, target, beta):
    """Cross-entropy and weighted penalty, in float64, in the dtype of the logits."""
    x = logits.double()
    log_p = x - x.logsumexp(1, keepdim=True)
    cross_entropy = -log_p.gather(1, target.unsqueeze(1)).mean()
    penalty = beta * (log_p.exp() * log_p).sum(1).mean()
    return cross_entropy.to(logits.dtype), penalty.to(logits.dtype)


def closed_gradients(logits, target, beta):
    """Those of cross-entropy, (p - onehot)/N, and of the penalty, beta p (log p + H)/N."""
    n, classes = logits.shape
    log_p = logits - logits.logsumexp(1, keepdim=True)
    p = log_p.exp()
    entropy = -(p * log_p).sum(1, keepdim=True)
    return (p - F.one_hot(target, classes)) / n, beta * p * (log_p + entropy) / n


def pair(came):
    expect(
        isinstance(came, (tuple, list)) and len(came) == 2,
        en="forward should return the pair (total, parts), but it returned {came}.",
        ja="forward は (total, parts) の組を返すはずですが、返ってきたのは {came} です。",
        came=describe(came),
    )
    return came


def total_and_parts(came):
    total, parts = pair(came)
    expect(
        isinstance(parts, dict) and set(parts) == {"cross_entropy", "penalty"},
        en='parts should be a dict with the keys "cross_entropy" and "penalty", but it is {came}.',
        ja='parts は "cross_entropy" と "penalty" をキーにもつ dict のはずですが、{came} になっています。',
        came=describe(parts),
    )
    return total, parts


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_total(tensors, shape):
    n, classes = shape
    for beta in (0.25, 1.5):
        for logits in (tensors(*shape) * 3, tensors.strided(*shape)):
            target = tensors.integers(classes, n)
            total, _ = pair(loss_of(logits, target, beta))
            expect_close(total, sum(closed_form(logits, target, beta)), what='"total"')


def test_weight(tensors):
    logits, target = tensors(6, 4, dtype=torch.float64) * 2, tensors.integers(4, 6)
    total, _ = pair(loss_of(logits, target))
    expect_close(total, sum(closed_form(logits, target, 0.1)), what='ConfidencePenaltyLoss() → "total"')
    betas = [0.0, 0.1, 0.5, 4.0]
    for beta, came in zip(betas, losses_side_by_side(betas, logits, target), strict=True):
        total, _ = pair(came)
        expect_close(total, sum(closed_form(logits, target, beta)), what=f'ConfidencePenaltyLoss({beta}) → "total"')
    shapes = learnable()
    expect(
        shapes == [],
        en="The loss has parameters of its own (shapes {shapes}). An optimiser that receives them changes the weight; "
        "beta should stay a fixed number.",
        ja="損失がパラメータをもっています（形状 {shapes}）。オプティマイザに渡されると重みが変わってしまいます。"
        "beta は固定の数にしてください。",
        shapes=shapes,
    )


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_parts(tensors, shape):
    n, classes = shape
    logits, target = tensors(*shape, dtype=torch.float64) * 2, tensors.integers(classes, n)
    total, parts = total_and_parts(loss_of(logits, target, 0.75))
    for name, expected in zip(("cross_entropy", "penalty"), closed_form(logits, target, 0.75), strict=True):
        expect_close(parts[name], expected, what=f'"{name}"')
    expect_shape(total, (), what='"total"')
    expect_close(parts["cross_entropy"] + parts["penalty"], total, what='"cross_entropy" + "penalty"')


def check_gradients(logits, target, beta):
    came, total, parts = gradients(beta, logits, target)
    total_and_parts(came)
    of_cross_entropy, of_penalty = closed_gradients(logits, target, beta)
    expect_gradient(parts["cross_entropy"], of_cross_entropy, what='∂ "cross_entropy" / ∂ logits')
    expect_gradient(parts["penalty"], of_penalty, what='∂ "penalty" / ∂ logits')
    expect_gradient(total, of_cross_entropy + of_penalty, what='∂ "total" / ∂ logits')


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_gradients(tensors, shape):
    n, classes = shape
    check_gradients(tensors(*shape, dtype=torch.float64) * 2, tensors.integers(classes, n), 0.75)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_certain(tensors, dtype):
    # Logits 1,000 apart: every probability but the largest rounds to 0, in float64 too.
    logits, target = 1000 * tensors(8, 5).argsort(1).to(dtype), tensors.integers(5, 8)
    total, parts = total_and_parts(loss_of(logits, target, 0.75))
    cross_entropy, penalty = closed_form(logits, target, 0.75)
    expect_close(parts["cross_entropy"], cross_entropy, what='"cross_entropy"')
    expect_close(parts["penalty"], penalty, what='"penalty"')
    expect_close(total, cross_entropy + penalty, what='"total"')
    check_gradients(logits, target, 0.75)


def test_log(tensors):
    batches = [(tensors(4, 3) * scale, tensors.integers(3, 4)) for scale in (0.5, 2.0, 5.0)]
    kept = history(0.3, batches)
    for i, ((logits, target), entry) in enumerate(zip(batches, kept, strict=True), start=1):
        _, parts = total_and_parts((None, entry))
        for name, expected in zip(("cross_entropy", "penalty"), closed_form(logits, target, 0.3), strict=True):
            expect_close(parts[name], expected, what=f'#{i} "{name}"')


@pytest.fixture(scope="module")
def digits(module_tensors):
    """500 digits to learn from, the others unseen, and the network's weights at the start."""
    features, labels = load_digits(return_X_y=True)
    features = torch.tensor(features, dtype=torch.float32) / 16
    labels = torch.tensor(labels)
    order = module_tensors.uniform(0, 1, len(labels)).argsort()
    seen, unseen = order[:500], order[500:]
    weights = {
        name: module_tensors.uniform(-0.125, 0.125, *value.shape) for name, value in network().state_dict().items()
    }
    return features[seen], labels[seen], features[unseen], labels[unseen], weights


def plain_logits(features, labels, weights, unseen, steps):
    """The same training with cross-entropy alone."""
    model = network()
    model.load_state_dict(weights)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(steps):
        optimizer.zero_grad()
        F.cross_entropy(model(features), labels).backward()
        optimizer.step()
    return model(unseen).detach()


def test_digits(digits):
    features, labels, unseen, answers, weights = digits
    logits = fit(0.5, weights, features, labels, unseen, 120)
    expect_shape(logits, (len(answers), 10), what="logits")
    accuracy = (logits.argmax(1) == answers).double().mean().item()
    sure = logits.softmax(1).amax(1).mean().item()
    plain = plain_logits(features, labels, weights, unseen, 120).softmax(1).amax(1).mean().item()
    expect(
        accuracy >= 0.9,
        en="After training, {accuracy:.1%} of the held-out digits are recognised; at least 90% were required.",
        ja="学習後、学習に使っていない数字の正解率は {accuracy:.1%} です。90% 以上が必要です。",
        accuracy=accuracy,
    )
    expect(
        sure <= plain - 0.2,
        en="On held-out digits the largest probability is {sure:.3f} on average; cross-entropy alone gives "
        "{plain:.3f}, and the penalty should bring it down by at least 0.2.",
        ja="学習に使っていない数字での最大の確率は、平均 {sure:.3f} です。交差エントロピーだけなら {plain:.3f} で、"
        "ペナルティによって 0.2 以上下がるはずです。",
        sure=sure,
        plain=plain,
    )

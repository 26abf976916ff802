from itertools import pairwise

import pytest
import torch
from sklearn.datasets import load_digits
from torch import nn

from tutor.testing import curve, expect, expect_at_least, expect_close, expect_shape, gallery, probe, scatter

SEEN = 1200
STEPS = 400
STRANGE = 0


def dropping(weights, device):
    """Linear, tanh, and a dropout that spoils everything while training."""
    model = nn.Sequential(nn.Linear(weights[0].shape[1], len(weights[0])), nn.Tanh(), nn.Dropout(0.5)).double()
    for parameter, value in zip(model.parameters(), weights, strict=True):
        parameter.data = value.clone()
    return model.to(device)


@probe
def steps(submission, weights, stale, batches, strange, rate, momentum, device):
    """The losses, and the parameters after each step."""
    model = dropping(weights, device)[:2]
    for parameter, gradient in zip(model.parameters(), stale, strict=True):
        parameter.grad = gradient.to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=rate, momentum=momentum)
    came = []
    for images, labels in batches:
        loss = submission.normal_step(model, optimizer, images.to(device), labels.to(device), strange)
        came.append((loss, [p.detach().clone() for p in model.parameters()]))
    return came


@probe
def scores_of(submission, weights, images, training, device):
    """The scores, whether they have a history, and the model's mode afterwards."""
    model = dropping(weights, device).train(training)
    scores = submission.anomaly_scores(model, images.to(device))
    return scores.detach().clone(), scores.requires_grad, model.training


@probe
def area(submission, scores, strange):
    return submission.auroc(scores, strange)


@probe
def fit(submission, widths, images, labels, order, strange, unseen, rate, device):
    """Train an autoencoder on the batches that ``order`` names; return scores and reconstructions."""
    chain = []
    for a, b in pairwise(widths):
        chain += [nn.Linear(a, b), nn.ReLU()]
    model = nn.Sequential(*chain[:-1]).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    images, labels, unseen = images.to(device), labels.to(device), unseen.to(device)
    for step, chosen in enumerate(order.to(device)):
        loss = submission.normal_step(model, optimizer, images[chosen], labels[chosen], strange)
        if step % 5 == 0:
            curve("error of normal digits", loss)
    scores = submission.anomaly_scores(model, unseen)
    with torch.no_grad():
        return scores, model(unseen)


def batches_of(tensors, count, wide, strange):
    """Three batches in which some images are strange, but not all."""
    batches = []
    for _ in range(3):
        labels = tensors.integers(4, count)
        labels[0] = (strange + 1) % 4
        if count > 1:
            labels[1] = strange
        batches.append((tensors.strided(count, wide, dtype=torch.float64), labels))
    return batches


def weights_of(tensors, wide):
    return [tensors(wide, wide, dtype=torch.float64), tensors(wide, dtype=torch.float64)]


@pytest.mark.parametrize("shape", [(6, 3), (1, 4), (9, 2)], ids=str)
def test_step(tensors, shape):
    count, wide = shape
    strange = tensors.choice(range(4))
    weights, stale = weights_of(tensors, wide), weights_of(tensors, wide)
    batches = batches_of(tensors, count, wide, strange)
    rate, now = 0.5, weights
    for (loss, came), (images, labels) in zip(steps(weights, stale, batches, strange, rate, 0.0), batches, strict=True):
        normal = torch.stack([image for image, label in zip(images, labels.tolist(), strict=True) if label != strange])
        out = (normal @ now[0].T + now[1]).tanh()
        expect_close(loss, (out - normal).square().mean(), what="loss")
        # By hand: d loss / d (before tanh) = 2 (out − x) (1 − out²) / (number of elements).
        error = 2 * (out - normal) * (1 - out**2) / normal.numel()
        now = [now[0] - rate * error.T @ normal, now[1] - rate * error.sum(0)]
        for a, b in zip(came, now, strict=True):
            expect_close(a, b, what="parameters")


def test_nothing_normal(tensors):
    strange = tensors.choice(range(4))
    weights, stale = weights_of(tensors, 3), [torch.zeros(3, 3).double(), torch.zeros(3).double()]
    first = batches_of(tensors, 5, 3, strange)[0]
    images = tensors(4, 3, dtype=torch.float64)
    # A momentum is there from the first batch: a step without a gradient would still move.
    came = steps(weights, stale, [first, (images, torch.full((4,), strange))], strange, 0.5, 0.9)
    expect_close(came[1][0], 0.0, what="loss", check_dtype=False)
    for after, before in zip(came[1][1], came[0][1], strict=True):
        expect_close(after, before, what="parameters")
    expect(
        not torch.equal(came[0][1][0], weights[0]),
        en="A batch with normal images should move the parameters; they stayed as they were.",
        ja="正常な画像のあるバッチではパラメータが動くはずですが、変わっていません。",
    )


@pytest.mark.parametrize("shape", [(5, 3), (1, 6), (8, 1)], ids=str)
def test_scores(tensors, shape):
    count, wide = shape
    weights = weights_of(tensors, wide)
    images = tensors.strided(count, wide, dtype=torch.float64)
    expected = ((images @ weights[0].T + weights[1]).tanh() - images).square().mean(1)
    for training in (True, False):
        scores, history, mode = scores_of(weights, images, training)
        expect_shape(scores, (count,), what="scores")
        expect_close(scores, expected, what="scores")
        expect(
            history is False,
            en="The scores should not require a gradient: nobody will call backward() on them.",
            ja="スコアは勾配を必要としない（requires_grad が False の）はずです。",
        )
        expect(
            mode is training,
            en="The model came with training = {before}, and was left with training = {after}.",
            ja="モデルは training = {before} で渡されましたが、training = {after} になっています。",
            before=training,
            after=mode,
        )


def pairs(scores, strange):
    """In the judge: over all pairs, one by one."""
    high = [s for s, odd in zip(scores.tolist(), strange.tolist(), strict=True) if odd]
    low = [s for s, odd in zip(scores.tolist(), strange.tolist(), strict=True) if not odd]
    return sum(1.0 if a > b else 0.5 if a == b else 0.0 for a in high for b in low) / (len(high) * len(low))


@pytest.mark.parametrize("count", [2, 5, 12, 40])
def test_auroc(tensors, count):
    for scores in (
        tensors(count, dtype=torch.float64),
        tensors.integers(4, count).double(),  # many are equal
        -tensors.uniform(1, 2, count),
        torch.ones(count),
    ):
        strange = tensors.uniform(0, 1, count) < 0.4
        strange[0], strange[-1] = True, False
        for chosen in (strange, ~strange):
            came = area(scores, chosen)
            expect(
                isinstance(came, float),
                en="auroc should return a float, not {came}.",
                ja="auroc の戻り値は float のはずですが、{came} です。",
                came=type(came).__name__,
            )
            expect_close(came, pairs(scores, chosen), what="auroc", rtol=1e-5, atol=1e-6)


def test_found(module_tensors):
    data = load_digits()
    mixed = module_tensors.uniform(0, 1, len(data.target)).argsort()
    images = torch.tensor(data.data, dtype=torch.float32)[mixed] / 16
    labels = torch.tensor(data.target)[mixed]
    unseen, odd = images[SEEN:], labels[SEEN:] == STRANGE
    order = module_tensors.integers(SEEN, STEPS, 64)
    widths = (64, 48, 10, 48, 64)
    scores, rebuilt = fit(widths, images[:SEEN], labels[:SEEN], order, STRANGE, unseen, 5e-3)
    expect_shape(scores, (len(unseen),), what="scores")
    expect_shape(rebuilt, tuple(unseen.shape), what="output")
    chosen = torch.cat([(~odd).nonzero()[:4, 0], odd.nonzero()[:4, 0]])
    both = torch.cat([unseen[chosen], rebuilt[chosen]]).reshape(16, 8, 8)
    gallery("four normal, four strange, and rebuilt", both, [f"{s:.3f}" for s in scores[chosen]] * 2, low=0, high=1)
    ranked = odd[scores.argsort(descending=True)].double()
    hits, alarms = ranked.cumsum(0) / ranked.sum(), (1 - ranked).cumsum(0) / (1 - ranked).sum()
    scatter("ROC: false alarms, hits", torch.stack([alarms, hits], dim=1))
    expect_at_least(
        pairs(scores, odd),
        0.7,
        en="the AUROC of the digit that was held out",
        ja="学習に使わなかった数字を見つける AUROC",
    )

import pytest
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional as F

from tutor.testing import (
    curve,
    expect,
    expect_at_least,
    expect_close,
    expect_gradient,
    probe,
)

SEEN = 800
# A quotient of two whole numbers is a float32 in torch, whatever the rows are.
NEAR = {"rtol": 1e-5, "atol": 1e-6}
OUTPUT = {"rtol": 1e-3, "atol": 1e-4}


@probe
def after(submission, settings, batches, then):
    """Train on these batches; the outputs, mean and variance after each, and then the output in evaluation mode."""
    normaliser = submission.RunningNormaliser(*settings).to(batches[0])
    outputs, statistics = [], []
    for x in batches:
        outputs.append(normaliser(x))
        statistics.append((normaliser.mean.clone(), normaliser.var.clone()))
    normaliser.eval()
    last = normaliser(then)
    return outputs, statistics, last, (normaliser.mean.clone(), normaliser.var.clone())


@probe
def resumed(submission, features, before, later):
    """Statistics of one that saw both; of one that saw before, was saved, loaded into another, and saw later."""
    whole = submission.RunningNormaliser(features).to(before)
    whole(before)
    whole(later)
    first = submission.RunningNormaliser(features).to(before)
    first(before)
    second = submission.RunningNormaliser(features).to(before)
    second.load_state_dict(first.state_dict())
    second(later)
    return [(whole.mean, whole.var), (second.mean, second.var)], [list(p.shape) for p in second.parameters()]


@probe
def gradient(submission, batches, x, weights):
    """The gradient of (weights * output).sum() for x, the last of the batches taken in."""
    normaliser = submission.RunningNormaliser(x.shape[1]).to(x)
    for batch in batches:
        normaliser(batch)
    x.requires_grad_()
    (weights * normaliser(x)).sum().backward()
    attached = [bool(buffer.requires_grad) for buffer in (normaliser.mean, normaliser.var)]
    return x.grad, attached


@probe
def one_at_a_time(submission, images, labels, unseen):
    """Learn from each image once, one at a time, behind the normaliser; the logits of the images not seen."""
    normaliser = submission.RunningNormaliser(images.shape[1]).to(images)
    head = nn.Linear(images.shape[1], 10).to(images)
    nn.init.zeros_(head.weight)
    nn.init.zeros_(head.bias)
    model = nn.Sequential(normaliser, head)
    optimizer = torch.optim.SGD(head.parameters(), lr=0.01)
    recent = 2.3
    for i in range(len(images)):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(images[i : i + 1]), labels[i : i + 1])
        loss.backward()
        optimizer.step()
        recent = 0.98 * recent + 0.02 * loss.item()
        if i % 10 == 0:
            curve("loss", recent)
    model.eval()
    return model(unseen)


def statistics_of(rows):
    """Of all rows at once, in float64; the variance as the mean squared distance from the mean."""
    wide = rows.double()
    mean = wide.mean(0)
    return mean, (wide - mean).square().mean(0)


def normalised(x, rows, eps=1e-5):
    mean, var = statistics_of(rows)
    return ((x.double() - mean) / (var + eps).sqrt()).to(x.dtype)


def expect_statistics(came, rows, when, **tolerance):
    for name, value, right in zip(("mean", "var"), came, statistics_of(rows), strict=True):
        expect_close(value, right, what=f"{name} ({when})", check_dtype=False, **tolerance)


def stream_of(tensors, sizes, features, dtype=torch.float64):
    spread, centre = tensors.uniform(0.1, 5.0, features, dtype=dtype), 3 * tensors(features, dtype=dtype)
    return [tensors.strided(n, features, dtype=dtype) * spread + centre for n in sizes]


SIZES = pytest.mark.parametrize("sizes", [(1, 1, 1, 1), (5,), (3, 1, 7, 2), (1, 16)], ids=str)


@SIZES
def test_statistics(tensors, sizes):
    for features in (1, 6):
        batches = stream_of(tensors, sizes, features)
        _, statistics, _, _ = after((features,), batches, batches[0])
        for i, came in enumerate(statistics):
            rows = torch.cat(batches[: i + 1])
            expect_statistics(came, rows, f"{len(rows)}", **NEAR)


@SIZES
def test_output(tensors, sizes):
    for settings in ((4,), (4, 0.5)):
        # Of so little variance that eps is seen.
        batches = [0.01 * x for x in stream_of(tensors, sizes, 4)]
        outputs, _, _, _ = after(settings, batches, batches[0])
        for i, (x, came) in enumerate(zip(batches, outputs, strict=True)):
            expect_close(came, normalised(x, torch.cat(batches[: i + 1]), *settings[1:]), what="output", **OUTPUT)


def test_evaluation(tensors):
    for count in (1, 5):
        batches = stream_of(tensors, (4, 1, 6), 3)
        then = 10 * tensors(count, 3, dtype=torch.float64)
        _, _, came, statistics = after((3,), batches, then)
        expect_close(came, normalised(then, torch.cat(batches)), what="output", **OUTPUT)
        expect_statistics(statistics, torch.cat(batches), "eval", **NEAR)


@pytest.mark.parametrize("offset", [0.0, 3e3, 1e5])
def test_far_from_zero(tensors, offset):
    # In float32, as a sensor far from its zero: squares of 10⁵ have no digit left for a variance of 1.
    batches = [offset + tensors(1, 2) for _ in range(60)] + [offset + tensors(40, 2)]
    outputs, statistics, _, _ = after((2,), batches, batches[0])
    # Each mean is rounded to a float32: at 10⁵ that is up to 0.004, of a spread of 1.
    expect_statistics(statistics[-1], torch.cat(batches), "100", rtol=0.05, atol=0.02)
    expect(
        outputs[-1].dtype == torch.float32,
        en="For float32 rows the output should be float32, but it is {came}.",
        ja="float32 の入力に対する出力は float32 のはずですが、{came} です。",
        came=str(outputs[-1].dtype),
    )


def test_saved(tensors):
    before, later = stream_of(tensors, (5, 9), 3)
    (whole, second), learnable = resumed(3, before, later)
    for came in (whole, second):
        expect_statistics(came, torch.cat([before, later]), "14", **NEAR)
    expect(
        learnable == [],
        en="The normaliser has parameters (shapes {shapes}); an optimizer would change them. Statistics are buffers.",
        ja="パラメータ（形状 {shapes}）があります。オプティマイザに渡されると変わってしまいます。統計量はバッファに"
        "してください。",
        shapes=learnable,
    )


def test_gradient(tensors):
    for sizes in ((6,), (1, 1, 4)):
        batches = stream_of(tensors, sizes, 3)
        x, weights = tensors(2, 3, dtype=torch.float64), tensors(2, 3, dtype=torch.float64)
        came, attached = gradient(batches, x, weights)
        _, var = statistics_of(torch.cat([*batches, x]))
        expect_gradient(came, weights / (var + 1e-5).sqrt(), **NEAR)
        expect(
            not any(attached),
            en="mean or var hangs on a graph: it would hold every row that ever came.",
            ja="mean か var が計算グラフにつながっています。これまでの行がすべてメモリに残ってしまいます。",
        )


def test_digits(module_tensors):
    features, labels = load_digits(return_X_y=True)
    order = module_tensors.uniform(0, 1, len(labels)).argsort()
    # Each pixel in a unit of its own, and with a zero of its own.
    unit = 10 ** module_tensors.uniform(-2, 2, 64)
    images = (torch.tensor(features, dtype=torch.float32)[order] + module_tensors.uniform(-20, 20, 64)) * unit
    labels = torch.tensor(labels)[order]
    logits = one_at_a_time(images[:SEEN], labels[:SEEN], images[SEEN:])
    expect(
        tuple(logits.shape) == (len(labels) - SEEN, 10),
        en="The logits should have shape {shape}.",
        ja="ロジットの形状は {shape} のはずです。",
        shape=(len(labels) - SEEN, 10),
    )
    expect_at_least(
        (logits.argmax(1) == labels[SEEN:]).double().mean(),
        0.8,
        en="the accuracy on unseen digits, after learning at batch size 1",
        ja="バッチサイズ 1 で学習したあとの、未知の数字での正解率",
    )

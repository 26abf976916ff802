import pytest
import torch
from sklearn.datasets import load_digits
from torch import nn

from tutor.testing import (
    curve,
    expect,
    expect_at_least,
    expect_close,
    probe,
)

SEEN = 1400
EVERY = 50
"""Samples between two looks at the model and its average."""


@probe
def walk(submission, weight, bias, samples, rate, max_norm, decay):
    """Parameters of the model and of its average: at the beginning, and after each step."""
    model = nn.Linear(weight.shape[1], weight.shape[0]).to(weight)
    model.load_state_dict({"weight": weight, "bias": bias})
    learner = submission.SteadyLearner(model, torch.optim.SGD(model.parameters(), lr=rate), max_norm, decay)

    def now(module):
        return [parameter.detach().clone() for parameter in module.parameters()]

    raw, averaged = [now(model)], [now(learner.averaged)]
    for x, target in samples:
        learner.step(x, target)
        raw.append(now(model))
        averaged.append(now(learner.averaged))
    return raw, averaged


@probe
def noisy_digits(submission, images, labels, unseen, answers, every):
    """Learn from each image once; every so often, the logits of model and average for the images not seen."""
    model = nn.Linear(images.shape[1], 10).to(images)
    nn.init.zeros_(model.weight)
    nn.init.zeros_(model.bias)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.3)
    learner = submission.SteadyLearner(model, optimizer, max_norm=2.0, decay=0.99)
    looks = []
    for i, (image, label) in enumerate(zip(images, labels, strict=True), start=1):
        learner.step(image, label)
        if i % every == 0:
            with torch.no_grad():
                logits = {"raw": model(unseen), "averaged": learner.averaged(unseen)}
            looks.append(logits)
            for name, value in logits.items():
                curve(f"accuracy/{name}", (value.argmax(1) == answers).float().mean())
    return looks


def closed_form(weight, bias, samples, rate, max_norm, decay):
    """By hand. Clipping: the gradient times min(1, max_norm / its length). The average: a sum over all weights."""
    path = [(weight, bias)]
    for x, target in samples:
        z = weight @ x + bias
        error = (z - z.logsumexp(0)).exp()
        error[target] -= 1
        # The gradient of the weight is error xᵀ, that of the bias is error.
        length = error.norm() * (1 + x.dot(x)).sqrt()
        scale = rate * min(1.0, max_norm / length.item())
        weight, bias = weight - scale * torch.outer(error, x), bias - scale * error
        path.append((weight, bias))
    averaged = []
    for t in range(len(path)):
        # The beginning with decay**t, and the weights after step s with (1 - decay) * decay**(t - s).
        shares = [decay**t] + [(1 - decay) * decay ** (t - s) for s in range(1, t + 1)]
        averaged.append(
            tuple(sum(c * pair[i] for c, pair in zip(shares, path, strict=False)) for i in range(2)),
        )
    return path, averaged


def setting(tensors, features, classes, count, scale):
    weight = 0.3 * tensors(classes, features, dtype=torch.float64)
    bias = 0.3 * tensors(classes, dtype=torch.float64)
    inputs = scale * tensors.strided(count, features, dtype=torch.float64)
    return weight, bias, [(x, target) for x, target in zip(inputs, tensors.integers(classes, count), strict=True)]


def expect_path(came, expected, what):
    for t, (values, wanted) in enumerate(zip(came, expected, strict=True)):
        for name, value, right in zip(("weight", "bias"), values, wanted, strict=True):
            # torch's own clipping divides by the norm plus 1e-6.
            expect_close(value, right, what=f"{what}{name} #{t}", rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("shape", [(4, 3), (1, 2), (9, 5)], ids=str)
def test_clipped(tensors, shape):
    for max_norm in (0.5, 0.05):
        weight, bias, samples = setting(tensors, *shape, 1, 10.0)
        # A wrong label, of which the model is far from sure: the gradient is long.
        x, _ = samples[0]
        samples = [(x, (weight @ x + bias).argmin())]
        raw, _ = walk(weight, bias, samples, 2.0, max_norm, 0.9)
        expect_path(raw, closed_form(weight, bias, samples, 2.0, max_norm, 0.9)[0], "")


@pytest.mark.parametrize("shape", [(4, 3), (1, 2), (9, 5)], ids=str)
def test_short(tensors, shape):
    weight, bias, samples = setting(tensors, *shape, 5, 0.5)
    raw, _ = walk(weight, bias, samples, 0.3, 50.0, 0.9)
    expect_path(raw, closed_form(weight, bias, samples, 0.3, 50.0, 0.9)[0], "")


def test_model_apart(tensors):
    for decay in (0.5, 0.9):
        weight, bias, samples = setting(tensors, 4, 3, 8, 2.0)
        raw, _ = walk(weight, bias, samples, 0.5, 1.0, decay)
        expect_path(raw, closed_form(weight, bias, samples, 0.5, 1.0, decay)[0], "")


def test_average(tensors):
    for decay in (0.5, 0.9, 0.0):
        weight, bias, samples = setting(tensors, 4, 3, 8, 2.0)
        _, averaged = walk(weight, bias, samples, 0.5, 1.0, decay)
        expect_path(averaged, closed_form(weight, bias, samples, 0.5, 1.0, decay)[1], "averaged.")


@pytest.fixture(scope="module")
def looks(module_tensors):
    """Accuracies on unseen digits of the raw model and of the average, from the middle of the stream on."""
    features, labels = load_digits(return_X_y=True)
    order = module_tensors.uniform(0, 1, len(labels)).argsort()
    images = torch.tensor(features, dtype=torch.float32)[order] / 16
    labels = torch.tensor(labels)[order]
    wrong = (labels + 1 + module_tensors.integers(9, len(labels))) % 10
    noisy = torch.where(module_tensors.uniform(0, 1, len(labels)) < 0.2, wrong, labels)
    unseen, answers = images[SEEN:], labels[SEEN:]
    came = noisy_digits(images[:SEEN], noisy[:SEEN], unseen, answers, EVERY)[SEEN // EVERY // 2 :]
    for look in came:
        for value in look.values():
            expect(
                isinstance(value, torch.Tensor) and tuple(value.shape) == (len(answers), 10),
                en="model and averaged should give logits of shape {shape}.",
                ja="model と averaged は形状 {shape} のロジットを返すはずです。",
                shape=(len(answers), 10),
            )
    return {
        name: sum((look[name].argmax(1) == answers).double().mean().item() for look in came) / len(came)
        for name in ("raw", "averaged")
    }


def test_accuracy(looks):
    expect_at_least(
        looks["averaged"],
        0.85,
        en="the averaged model's accuracy on unseen digits, with 20% of the labels wrong",
        ja="ラベルの 20% が誤っているときの、未知の数字での平均モデルの正解率",
    )


def test_gain(looks):
    expect_at_least(
        looks["averaged"] - looks["raw"],
        0.02,
        en="the gain in accuracy of the averaged model over the raw one",
        ja="元のモデルに対する、平均モデルの正解率の向上",
    )

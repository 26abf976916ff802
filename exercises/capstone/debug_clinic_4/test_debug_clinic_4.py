import math

import pytest
import torch
from sklearn.datasets import load_digits
from torch import nn

from tutor.testing import curve, expect, expect_at_least, expect_close, probe

RATE = 0.4
SEEN = 1408
"""Digits for training: 88 batches of 16, of which 4 make a step."""


def linear(weight, bias, calls):
    """A linear layer that notes of each call its mode, whether there is a graph, and the number of rows."""

    class Noted(nn.Linear):
        def forward(self, x):
            calls.append([self.training, torch.is_grad_enabled(), len(x)])
            return super().forward(x)

    layer = Noted(weight.shape[1], weight.shape[0]).to(weight)
    layer.load_state_dict({"weight": weight, "bias": bias})
    return layer


@probe
def epoch(submission, weight, bias, batches, accumulate, rates):
    """One epoch that finds old gradients: the path, the rate of each step, the calls, the next rate."""
    calls, path, used = [], [], []
    model = linear(weight, bias, calls).train()
    for parameter in model.parameters():
        parameter.grad = torch.ones_like(parameter)
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: rates[step])

    def note(optimizer, *_):
        used.append(optimizer.param_groups[0]["lr"])
        path.append([model.weight.detach().clone(), model.bias.detach().clone()])

    optimizer.register_step_post_hook(note)
    submission.train_epoch(model, optimizer, scheduler, batches, accumulate)
    return path, used, calls, optimizer.param_groups[0]["lr"]


@probe
def evaluated(submission, weight, bias, mean, variance, images, labels):
    """The accuracy of a linear layer with batch normalisation and dropout, and what the normalisation then stores."""
    norm = nn.BatchNorm1d(len(bias)).to(weight)
    norm.load_state_dict({"running_mean": mean, "running_var": variance}, strict=False)
    model = nn.Sequential(linear(weight, bias, []), norm, nn.Dropout(0.5)).train()
    accuracy = submission.evaluate(model, images, labels)
    return accuracy, norm.running_mean, norm.running_var


@probe
def best_of(submission, scores, features):
    """Score and state after each update. Between two of them every value in the model changes in place."""
    model, best, seen = nn.BatchNorm1d(features), submission.Best(), []
    before = [best.score, best.state is None]
    values = list(model.state_dict().values())
    for value in values:
        value.zero_()
    for score in scores:
        best.update(score, model)
        for value in values:
            value.add_(1)
        seen.append([best.score, {name: value.clone() for name, value in best.state.items()}])
    return before, seen


@probe
def fitted(submission, weight, bias, batches, valid, epochs, rate, accumulate):
    calls = []
    model = linear(weight, bias, calls).eval()  # as somebody left it who has just used it
    accuracies = submission.fit(model, batches, valid, epochs=epochs, rate=rate, accumulate=accumulate)
    return accuracies, model.weight, model.bias, calls


@probe
def digits_learned(submission, batches, valid, seed, device):
    torch.manual_seed(seed)
    layers = nn.Linear(64, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Dropout(0.2), nn.Linear(32, 10)
    model = nn.Sequential(*layers).to(device)
    accuracies = submission.fit(model, batches, valid, epochs=10, rate=0.3, accumulate=4)
    curve("accuracy", accuracies)
    return accuracies, model.eval()(valid[0])


# By hand.


def gradient(weight, bias, images, labels):
    error = (images @ weight.T + bias).softmax(dim=1)
    error[range(len(labels)), labels] -= 1
    return error.T @ images / len(labels), error.mean(dim=0)


def steps_by_hand(weight, bias, batches, accumulate, rates):
    """Weight and bias after each step; each step with the samples of its batches in one."""
    path = []
    for first, rate in zip(range(0, len(batches), accumulate), rates, strict=False):
        group = batches[first : first + accumulate]
        images, labels = (torch.cat(part) for part in zip(*group, strict=True))
        of_weight, of_bias = gradient(weight, bias, images, labels)
        weight, bias = weight - rate * of_weight, bias - rate * of_bias
        path.append((weight, bias))
    return path


def check(came, expected, what=""):
    for name, value, right in zip(("weight", "bias"), came, expected, strict=True):
        expect_close(value, right, what=f"{what}model.{name}")


@pytest.fixture
def start(tensors):
    return tensors(4, 3, dtype=torch.float64), tensors(4, dtype=torch.float64)


def drawn(tensors, count, size):
    return [(2 * tensors(size, 3, dtype=torch.float64), tensors.integers(4, size)) for _ in range(count)]


@pytest.mark.parametrize("case", [(6, 3, 2), (4, 1, 4), (3, 5, 3), (2, 3, 1)], ids=str)
def test_accumulation(tensors, start, case):
    count, size, accumulate = case
    batches = drawn(tensors, count, size)
    path, _, calls, _ = epoch(*start, batches, accumulate, [RATE] * 20)
    expected = steps_by_hand(*start, batches, accumulate, [RATE] * 20)
    expect(
        len(path) == len(expected),
        en="{count} batches, {accumulate} to a step, make {wanted} steps of the optimizer, but there were {came}.",
        ja="{count} バッチを {accumulate} 個ずつなら {wanted} ステップですが、実際は {came} 回でした。",
        count=count,
        accumulate=accumulate,
        wanted=len(expected),
        came=len(path),
    )
    for i, (came, right) in enumerate(zip(path, expected, strict=True), start=1):
        check(came, right, f"step {i}: ")
    expect(
        calls == [[True, True, size]] * count,
        en="Each batch should go through the model once, by itself and in train mode.",
        ja="各バッチは、1 つずつ、1 回だけ、train モードでモデルを通るはずです。",
    )


@pytest.mark.parametrize("case", [(6, 2), (3, 1)], ids=str)
def test_rates(tensors, start, case):
    count, accumulate = case
    rates = tensors.uniform(0.1, 1.0, 20).double().tolist()
    batches = drawn(tensors, count, 3)
    _, used, _, following = epoch(*start, batches, accumulate, rates)
    steps = count // accumulate
    expect(
        len(used) == steps,
        en="{wanted} steps of the optimizer were expected, and {came} came.",
        ja="オプティマイザのステップは {wanted} 回のはずですが、{came} 回でした。",
        wanted=steps,
        came=len(used),
    )
    expect_close(torch.tensor(used), torch.tensor(rates[:steps]), what="rates")
    expect_close(following, rates[steps], what="rate after the epoch")


@pytest.mark.parametrize("n", [1, 9])
def test_evaluation(tensors, start, n):
    weight, bias = start
    images, labels = tensors(n, 3, dtype=torch.float64), tensors.integers(4, n)
    mean, variance = 2 * tensors(4, dtype=torch.float64), tensors.uniform(0.1, 3, 4, dtype=torch.float64)
    z = (images @ weight.T + bias - mean) / (variance + 1e-5) ** 0.5
    labels = torch.where(torch.arange(n) % 3 == 0, z.argmax(dim=1), labels)
    for _ in range(4):  # chance has no say
        accuracy, *stored = evaluated(weight, bias, mean, variance, images, labels)
        for name, came, before in zip(("running_mean", "running_var"), stored, (mean, variance), strict=True):
            expect_close(came, before, what=name)
        right = (z.argmax(dim=1) == labels).double().mean().item()
        expect_close(float(accuracy), right, what="evaluate", rtol=1e-6)


@pytest.mark.parametrize("scores", [[0.5, 0.7, 0.6], [0.9, 0.9, 0.1], [-3.0, -2.0, -1.0], [0.0]], ids=str)
def test_best(scores):
    names = {"weight", "bias", "running_mean", "running_var", "num_batches_tracked"}
    before, seen = best_of(scores, 3)
    expect(
        before == [-math.inf, True],
        en="Before the first update the score should be −inf and the state None.",
        ja="最初の更新の前は、score は −inf、state は None のはずです。",
    )
    for i, (score, state) in enumerate(seen):
        highest = max(scores[: i + 1])
        expect_close(float(score), highest, what="Best.score")
        expect(
            set(state) == names,
            en="Best.state should hold all that state_dict() holds, buffers as well.",
            ja="Best.state は、バッファを含め、state_dict() の中身をすべてもつはずです。",
        )
        # Before update number k every value is k.
        for name, value in state.items():
            expect_close(value.double().mean().item(), float(scores.index(highest)), what=f"Best.state[{name!r}]")


@pytest.mark.parametrize("case", [(4, 3, 2, 3), (3, 4, 1, 4), (6, 2, 3, 5)], ids=str)
def test_whole(tensors, start, case):
    count, size, accumulate, epochs = case
    batches, (valid,) = drawn(tensors, count, size), drawn(tensors, 1, 11)
    steps = epochs * count // accumulate
    rates = [2.0 * (1 - step / steps) for step in range(steps)]
    now, expected, best = start, [], None
    if accumulate > 1:
        # Labels that the weights of the first epoch foretell: it is the best one.
        first = steps_by_hand(*start, batches, accumulate, rates)[count // accumulate - 1]
        valid = valid[0], (valid[0] @ first[0].T + first[1]).argmax(dim=1)
    for k in range(epochs):
        now = steps_by_hand(*now, batches, accumulate, rates[k * count // accumulate :])[-1]
        right = (valid[0] @ now[0].T + now[1]).argmax(dim=1) == valid[1]
        expected.append(right.double().mean().item())
        if expected[-1] > max([-1.0, *expected[:-1]]):
            best = now
    accuracies, *came, calls = fitted(*start, batches, valid, epochs, 2.0, accumulate)
    expect_close(torch.tensor([float(a) for a in accuracies]), torch.tensor(expected), what="fit → accuracies")
    check(came, best, "fit: ")
    training = [call for call in calls if call[1]]
    expect(
        all(call[0] for call in training) and not any(call[0] for call in calls if not call[1]),
        en="fit should train in train mode, in every epoch, and evaluate in eval mode and without a graph.",
        ja="fit は、どのエポックでも train モードで学習し、eval モードで計算グラフを作らずに評価するはずです。",
    )


def test_digits(tensors, seed):
    images, labels = (torch.tensor(a) for a in load_digits(return_X_y=True))
    order = tensors.uniform(0, 1, len(labels)).argsort()
    images, labels = images[order].float() / 16, labels[order]
    batches = list(zip(images[:SEEN].split(16), labels[:SEEN].split(16), strict=True))
    accuracies, logits = digits_learned(batches, (images[SEEN:], labels[SEEN:]), seed)
    right = (logits.argmax(dim=1) == labels[SEEN:]).double().mean().item()
    expect_close(max(float(a) for a in accuracies), right, what="max(fit(…))", rtol=1e-5)
    expect_at_least(right, 0.9, en="the accuracy of the best epoch's model", ja="最良のエポックのモデルの正解率")

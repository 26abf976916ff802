import weakref

import pytest
import torch
from sklearn.datasets import load_digits
from torch import nn

from tutor.testing import curve, expect, expect_at_least, expect_at_most, expect_close, probe

RATE = 0.3
SEEN = 1397
"""Digits for training: no multiple of the size of a batch."""


class Token:
    """Lives as long as the graph that holds it."""


class Held(torch.autograd.Function):
    """Does nothing, and holds a token in the graph."""

    @staticmethod
    def forward(ctx, x, token):
        ctx.token = token
        return x.clone()

    @staticmethod
    def backward(ctx, gradient):
        return gradient, None


class Watched(nn.Linear):
    """A linear layer that notes for each call its mode, whether there is a graph, and how many earlier ones live."""

    def prepare(self, weight, bias):
        self.weight.data, self.bias.data = weight.clone(), bias.clone()
        self.modes, self.alive, self.tokens = [], [], []
        return self

    def forward(self, x):
        self.modes.append([self.training, torch.is_grad_enabled()])
        self.alive.append(sum(token() is not None for token in self.tokens))
        token = Token()
        self.tokens.append(weakref.ref(token))
        return Held.apply(super().forward(x), token)


def watched(weight, bias):
    return Watched(weight.shape[1], weight.shape[0]).prepare(weight, bias)


def number(value):
    """What came as a float or as a tensor, and whether a graph hangs on it."""
    return value, bool(isinstance(value, torch.Tensor) and value.requires_grad)


@probe
def epoch(submission, weight, bias, batches, rate):
    """One epoch with plain SGD: what it returned, whether a graph hangs on that, parameters, modes, graphs alive."""
    model = watched(weight, bias)
    came = submission.train_epoch(model, torch.optim.SGD(model.parameters(), lr=rate), batches)
    return *number(came), model.weight.detach(), model.bias.detach(), model.modes, model.alive


@probe
def one_by_one(submission, weight, bias, batches, rate):
    """The same batches, each in an epoch of its own with a model and an optimizer that know nothing of the last."""
    for batch in batches:
        model = watched(weight, bias)
        submission.train_epoch(model, torch.optim.SGD(model.parameters(), lr=rate), [batch])
        weight, bias = model.weight.detach(), model.bias.detach()
    return weight, bias


@probe
def predicted(submission, weight, bias, images):
    model = watched(weight, bias)
    return *number(submission.predict(model, images)), model.modes


@probe
def evaluated(submission, weight, bias, batches):
    model = watched(weight, bias)
    loss, accuracy = submission.evaluate(model, batches)
    return loss, accuracy, model.modes


@probe
def cut(submission, images, labels, size):
    return list(submission.batches_of(images, labels, size))


@probe
def fitted(submission, weight, bias, train, test, epochs, rate, size, seed):
    model = watched(weight, bias)
    history = submission.fit(model, train, test, epochs=epochs, rate=rate, size=size, seed=seed)
    return [list(row) for row in history], model.weight.detach(), model.bias.detach()


@probe
def digits_fitted(submission, train, test, seed, device):
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10)).to(device)
    history = submission.fit(model, train, test, epochs=20, rate=0.2, size=50, seed=seed)
    for trained, held_out, right in history:
        curve("loss/train", trained)
        curve("loss/test", held_out)
        curve("accuracy", right)
    return [list(row) for row in history], submission.predict(model, test[0])


# The same by hand: softmax minus one-hot.


def log_probability(weight, bias, images):
    z = images @ weight.T + bias
    return z - z.logsumexp(dim=1, keepdim=True)


def losses_of(weight, bias, images, labels):
    return -log_probability(weight, bias, images)[range(len(labels)), labels]


def stepped(weight, bias, images, labels, rate):
    error = log_probability(weight, bias, images).exp()
    error[range(len(labels)), labels] -= 1
    error /= len(labels)
    return weight - rate * error.T @ images, bias - rate * error.sum(dim=0)


@pytest.fixture
def start(tensors):
    return tensors(4, 3, dtype=torch.float64), tensors(4, dtype=torch.float64)


def drawn(tensors, sizes):
    return [(2 * tensors.strided(n, 3, dtype=torch.float64), tensors.integers(4, n)) for n in sizes]


def check(weight, bias, expected):
    expect_close(weight, expected[0], what="model.weight")
    expect_close(bias, expected[1], what="model.bias")


@pytest.mark.parametrize("sizes", [(4, 4), (5, 1, 3, 2)], ids=str)
def test_gradients(tensors, start, sizes):
    batches = drawn(tensors, sizes)
    _, _, weight, bias, *_ = epoch(*start, batches, RATE)
    alone = one_by_one(*start, batches, RATE)
    expect(
        not torch.equal(weight, start[0]),
        en="train_epoch moves no parameter: no gradient is left when the optimizer makes its step.",
        ja="train_epoch でパラメータがまったく動きません。オプティマイザが進むときに勾配が残っていません。",
    )
    check(weight, bias, alone)


@pytest.mark.parametrize("size", [1, 6])
def test_cross_entropy(tensors, start, size):
    ((images, labels),) = batches = drawn(tensors, (size,))
    loss, _, weight, bias, modes, _ = epoch(*start, batches, RATE)
    expect_close(float(loss), losses_of(*start, images, labels).mean().item(), what="train_epoch")
    check(weight, bias, stepped(*start, images, labels, RATE))
    probabilities, graph, of_prediction = predicted(*start, images)
    expect_close(probabilities, log_probability(*start, images).exp(), what="predict")
    expect(
        modes == [[True, True]] and of_prediction == [[False, False]] and not graph,
        en="train_epoch should train in train mode, predict should work in eval mode and without a graph.",
        ja="train_epoch は train モードで学習し、predict は eval モードで、計算グラフを作らずに働くはずです。",
    )


def test_graphs(tensors, start):
    batches = drawn(tensors, (3, 2, 3, 1, 2, 3, 3, 2, 1))
    _, graph, *_, alive = epoch(*start, batches, RATE)
    expect(
        not graph,
        en="A graph still hangs on what train_epoch returns: through it every batch of the epoch stays in memory.",
        ja="train_epoch が返す値に計算グラフがつながっています。そのため、エポック中の全バッチがメモリに残ります。",
    )
    expect(
        max(alive) <= 2,
        en="While the epoch runs, the graphs of {count} earlier batches are alive at once. What holds them?",
        ja="エポックの途中で、前のバッチの計算グラフが {count} 個も残っています。何がそれを持ち続けていますか。",
        count=max(alive),
    )


@pytest.mark.parametrize("sizes", [(6, 6, 1), (2, 5, 3), (4,)], ids=str)
def test_evaluation(tensors, start, sizes):
    if len(sizes) == 1:
        batches = drawn(tensors, sizes)
    else:
        # In the last batch, and nowhere else, every sample is recognised.
        batches = drawn(tensors, sizes)
        first, last = batches[:-1], batches[-1][0]
        batches = [(x, log_probability(*start, x).argmin(dim=1)) for x, _ in first]
        batches.append((last, log_probability(*start, last).argmax(dim=1)))
    images, labels = (torch.cat(part) for part in zip(*batches, strict=True))
    loss, accuracy, modes = evaluated(*start, batches)
    expect_close(float(loss), losses_of(*start, images, labels).mean().item(), what="evaluate → loss")
    right = log_probability(*start, images).argmax(dim=1) == labels
    expect_close(float(accuracy), right.double().mean().item(), what="evaluate → accuracy", rtol=1e-6)
    expect(
        not any(training or graph for training, graph in modes),
        en="evaluate should work in eval mode and without a graph.",
        ja="evaluate は eval モードで、計算グラフを作らずに働くはずです。",
    )
    # Cut otherwise, the figures are the same.
    again, share, _ = evaluated(*start, list(zip(images.split(3), labels.split(3), strict=True)))
    expect_close(float(again), float(loss), what="evaluate → loss")
    expect_close(float(share), float(accuracy), what="evaluate → accuracy", rtol=1e-6)


@pytest.mark.parametrize("size", [4, 5])
def test_whole(tensors, start, size, seed):
    (train, test) = drawn(tensors, (13, 7))
    generator = torch.Generator().manual_seed(seed)
    weight, bias = start
    expected = []
    for _epoch in range(3):
        order = torch.randperm(len(train[0]), generator=generator)
        losses = []
        for chosen in order.split(size):
            batch = train[0][chosen], train[1][chosen]
            losses.append(losses_of(weight, bias, *batch))
            weight, bias = stepped(weight, bias, *batch, RATE)
        right = log_probability(weight, bias, test[0]).argmax(dim=1) == test[1]
        held_out = losses_of(weight, bias, *test).mean()
        expected.append([torch.cat(losses).mean().item(), held_out.item(), right.double().mean().item()])
    history, *end = fitted(*start, train, test, 3, RATE, size, seed)
    check(*end, (weight, bias))
    came = torch.tensor([[float(value) for value in row] for row in history], dtype=torch.float64)
    expect_close(came, torch.tensor(expected, dtype=torch.float64), what="fit → history", rtol=1e-6)
    for (x, y), i in zip(cut(*train, size), range(0, 13, size), strict=True):
        expect_close(x, train[0][i : i + size], what="batches_of → images")
        expect_close(y, train[1][i : i + size], what="batches_of → labels")


def test_digits(tensors, seed):
    images, labels = (torch.tensor(a) for a in load_digits(return_X_y=True))
    order = tensors.uniform(0, 1, len(labels)).argsort()
    images, labels = images[order].float() / 16, labels[order]
    test = images[SEEN:], labels[SEEN:]
    history, probabilities = digits_fitted((images[:SEEN], labels[:SEEN]), test, seed)
    true = -probabilities.double().clamp(min=1e-30).log()[range(len(test[1])), test[1]].mean()
    expect_at_most(
        true.item(),
        0.25,
        en="the cross-entropy on 400 digits not seen before",
        ja="未知の数字 400 枚での交差エントロピー",
    )
    right = (probabilities.argmax(dim=1) == test[1]).double().mean()
    expect_at_least(
        right.item(),
        0.93,
        en="the accuracy on 400 digits not seen before",
        ja="未知の数字 400 枚での正解率",
    )
    expect_close(float(history[-1][1]), true.item(), what="evaluate → loss", rtol=1e-3)

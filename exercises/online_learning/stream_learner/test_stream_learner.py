import gc
import sys
from itertools import islice
from types import FunctionType, ModuleType

import pytest
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.multiprocessing.reductions import StorageWeakRef

from tutor.testing import (
    curve,
    describe,
    expect,
    expect_at_least,
    expect_close,
    probe,
)

ENDLESS = 300
EARLY_AND_LATE = (50, 150)
DIGITS = 1000


def linear_model(weight, bias):
    model = nn.Sequential(nn.Flatten(), nn.Linear(weight.shape[1], weight.shape[0])).to(weight)
    model[1].load_state_dict({"weight": weight, "bias": bias})
    return model


@probe
def pace(submission, weight, bias, x, target, count, most):
    """How many samples had been drawn before the first value was asked for, and with each of the first values.

    The stream is as good as endless: it stops at most, so that whoever wants all of it comes back.
    """
    model = linear_model(weight, bias)
    drawn = 0

    def endless():
        nonlocal drawn
        while drawn < most:
            drawn += 1
            yield x.clone(), target.clone()

    values = iter(submission.learn_stream(model, torch.optim.SGD(model.parameters(), lr=0.1), endless()))
    counts = [drawn]
    for _value in islice(values, count):
        counts.append(drawn)
    return counts


@probe
def in_memory(submission, weight, bias, x, target, count):
    """Of the inputs drawn so far, how many still take memory, after each value."""
    model = linear_model(weight, bias)
    drawn = []

    def fresh():
        copy = x.clone()
        drawn.append(StorageWeakRef(copy.untyped_storage()))
        return copy, target.clone()

    # A generator expression: no frame of the stream holds a sample that it has handed over.
    stream = (fresh() for _ in range(count))
    alive = []
    for _value in submission.learn_stream(model, torch.optim.SGD(model.parameters(), lr=0.1), stream):
        alive.append(sum(not reference.expired() for reference in drawn))
    return alive


def size_of_graph(tensor, seen):
    """How many operations a tensor's graph holds that are not in ``seen``."""
    found, waiting = 0, [tensor.grad_fn]
    while waiting:
        node = waiting.pop()
        if node is not None and id(node) not in seen:
            seen[id(node)] = node  # kept, so that no other node gets its id
            found += 1
            waiting += [following for following, _ in node.next_functions]
    return found


def held_by(roots, without):
    """Whatever can be reached from ``roots``: entries of containers with numbers of tensors, and operations of graphs.

    Of a function counts what it closes over, of a module or class nothing.
    """
    seen, nodes = {id(one): one for one in without}, {}
    waiting, numbers, operations = list(roots), 0, 0
    while waiting:
        one = waiting.pop()
        if id(one) in seen or isinstance(one, (ModuleType, type)):
            continue
        seen[id(one)] = one
        if isinstance(one, torch.Tensor):
            numbers += one.untyped_storage().nbytes() // one.element_size()
            operations += size_of_graph(one, nodes)
            continue
        inside = list(one.__closure__ or ()) if isinstance(one, FunctionType) else gc.get_referents(one)
        numbers += len(inside) or sys.getsizeof(one) // 8
        waiting += inside
    return numbers, operations


@probe
def held(submission, weight, bias, x, target, moments):
    """What the generator and the submission hold after so many values, apart from model, optimiser and stream."""
    model = linear_model(weight, bias)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    stream = ((x.clone(), target.clone()) for _ in range(max(moments)))
    values = iter(submission.learn_stream(model, optimizer, stream))
    found = []
    for count, _value in enumerate(values, start=1):
        if count in moments:
            globals_ = [value for name, value in vars(submission).items() if not name.startswith("__")]
            found.append(held_by((values, *globals_), (model, optimizer, stream)))
    return found


@probe
def follow(submission, weight, bias, samples, rate):
    """All values for a stream of these samples; the parameters when each was yielded, and at the end."""
    model = linear_model(weight, bias)
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    values, path = [], []
    for value in submission.learn_stream(model, optimizer, iter(samples)):
        values.append(value)
        path.append([parameter.detach().clone() for parameter in model.parameters()])
    return values, path, list(model.parameters())


def network():
    return nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))


@probe
def digits_seen_once(submission, start, images, labels):
    """The values for a stream of digits."""
    model = network().to(images.device)
    model.load_state_dict(start)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    values = []
    for value in submission.learn_stream(model, optimizer, zip(images, labels, strict=True)):
        values.append(value)
        if len(values) % 20 == 0:
            curve("accuracy", value)
    return values


def closed_form(weight, bias, samples, rate):
    """Accuracies and parameters by hand, for softmax regression: dL/dz = softmax(z) - onehot."""
    right, values, path = 0, [], []
    for x, target in samples:
        z = weight @ x + bias
        right += int(z.argmax() == target)
        error = (z - z.logsumexp(0)).exp()
        error[target] -= 1
        weight, bias = weight - rate * torch.outer(error, x), bias - rate * error
        values.append(right / (len(values) + 1))
        path.append((weight, bias))
    return values, path


def setting(tensors, features, classes, count):
    """A linear model, and samples whose labels a second linear model has given: there is something to be learned."""
    weight = tensors(classes, features, dtype=torch.float64)
    bias = tensors(classes, dtype=torch.float64)
    teacher = 2 * tensors(classes, features, dtype=torch.float64)
    inputs = tensors.strided(count, features, dtype=torch.float64)
    return weight, bias, [(x, (teacher @ x).argmax()) for x in inputs]


def expect_float(value, k):
    expect(
        isinstance(value, float),
        en="Value {k} should be a Python float, but it is {came} ({kind}).",
        ja="{k} 番目の値は Python の float のはずですが、{came}（{kind}）です。",
        k=k,
        came=describe(value),
        kind=type(value).__name__,
    )


def expect_values(came, expected):
    expect(
        len(came) == len(expected),
        en="A stream of {wanted} samples should give {wanted} values, but {count} came.",
        ja="{wanted} 個のサンプルからは {wanted} 個の値が得られるはずですが、{count} 個でした。",
        wanted=len(expected),
        count=len(came),
    )
    for k, (value, wanted) in enumerate(zip(came, expected, strict=True), start=1):
        expect_float(value, k)
        expect_close(value, wanted, what=f"accuracy #{k}")


def test_pace(tensors):
    weight, bias, samples = setting(tensors, 4, 3, 1)
    x, target = samples[0]
    counts = pace(weight, bias, x, target, 20, ENDLESS)
    expect(
        len(counts) == 21,
        en="20 values were asked for, but {count} came.",
        ja="20 個の値を求めましたが、{count} 個しか得られませんでした。",
        count=len(counts) - 1,
    )
    for k, drawn in enumerate(counts):
        expect(
            drawn == k,
            en="When {k} values had been asked for, {drawn} samples had been drawn from the stream; it should be {k}.",
            ja="値を {k} 個求めた時点で、ストリームから {drawn} 個のサンプルが取り出されていました。{k} 個のはずです。",
            k=k,
            drawn=drawn,
        )


def test_memory(tensors):
    weight, bias, samples = setting(tensors, 4, 3, 1)
    x, target = samples[0]
    alive = in_memory(weight, bias, x, target, 60)
    # One or two are in use: the sample of the moment, and the graph of the one before.
    expect(
        len(alive) == 60 and max(alive) <= 4,
        en="Of {count} samples drawn, {alive} still take memory. Only the one at hand should.",
        ja="取り出した {count} 個のサンプルのうち、{alive} 個がまだメモリに残っています。残ってよいのは、いま使っている"
        "ものだけです。",
        count=len(alive),
        alive=max(alive, default=0),
    )
    # A few numbers more or less: a whole number that has grown, a tensor of the moment.
    found = held(weight, bias, x, target, EARLY_AND_LATE)
    expect(
        len(found) == 2,
        en="{late} samples should give {late} values.",
        ja="{late} 個のサンプルからは {late} 個の値が得られるはずです。",
        late=EARLY_AND_LATE[1],
    )
    (numbers, operations), (more_numbers, more_operations) = found
    expect(
        more_operations <= operations + 10,
        en="After {early} samples tensors are held whose graphs have {few} operations together, after {late} samples "
        "{many}. No graph should outlive its sample.",
        ja="{early} サンプル後には合わせて {few} 個、{late} サンプル後には {many} 個の演算をもつ計算グラフが、"
        "保持しているテンソルに残っています。計算グラフは、そのサンプルが終われば残っていてはいけません。",
        early=EARLY_AND_LATE[0],
        late=EARLY_AND_LATE[1],
        few=operations,
        many=more_operations,
    )
    expect(
        more_numbers <= numbers + 20,
        en="Between sample {early} and sample {late}, what you hold has grown by {more} numbers or entries of lists. "
        "It should not grow at all.",
        ja="{early} 番目から {late} 番目のサンプルまでの間に、保持しているもの（数やリストの要素）が "
        "{more} 個増えました。増えてはいけません。",
        early=EARLY_AND_LATE[0],
        late=EARLY_AND_LATE[1],
        more=more_numbers - numbers,
    )


def test_end(tensors):
    for count in (7, 1, 0):
        weight, bias, samples = setting(tensors, 4, 3, count)
        values, _, _ = follow(weight, bias, samples, 0.0)
        expect(
            len(values) == count,
            en="A stream of {count} samples should give {count} values and then end, but {came} came.",
            ja="{count} 個のサンプルで終わるストリームからは、値も {count} 個で終わるはずですが、{came} 個でした。",
            count=count,
            came=len(values),
        )


@pytest.mark.parametrize("classes", [2, 5])
def test_accuracy(tensors, classes):
    # At a learning rate of 0 the model stays as it is: what is left is the counting.
    weight, bias, samples = setting(tensors, 6, classes, 40)
    values, _, _ = follow(weight, bias, samples, 0.0)
    expect_values(values, closed_form(weight, bias, samples, 0.0)[0])


@pytest.mark.parametrize("classes", [2, 5])
def test_predicted_first(tensors, classes):
    weight, bias, samples = setting(tensors, 6, classes, 60)
    for rate in (0.3, 3.0):
        values, _, _ = follow(weight, bias, samples, rate)
        expect_values(values, closed_form(weight, bias, samples, rate)[0])


@pytest.mark.parametrize("features", [1, 6])
def test_learned(tensors, features):
    weight, bias, samples = setting(tensors, features, 3, 12)
    _, path, last = follow(weight, bias, samples, 0.3)
    expected = closed_form(weight, bias, samples, 0.3)[1]
    expect(
        len(path) == len(expected),
        en="A stream of {wanted} samples gave {count} values.",
        ja="{wanted} 個のサンプルから {count} 個の値が得られました。",
        wanted=len(expected),
        count=len(path),
    )
    for k, (came, wanted) in enumerate([*zip(path, expected, strict=True), (last, expected[-1])], start=1):
        for name, value, right in zip(("weight", "bias"), came, wanted, strict=True):
            expect_close(value, right, what=f"#{k} {name}")


def test_digits(module_tensors):
    features, labels = load_digits(return_X_y=True)
    order = module_tensors.uniform(0, 1, len(labels)).argsort()[:DIGITS]
    images = torch.tensor(features, dtype=torch.float32)[order] / 16
    start = {
        name: module_tensors.uniform(-1, 1, *value.shape) / (8 if name.startswith("0.") else 32**0.5)
        for name, value in network().state_dict().items()
    }
    values = digits_seen_once(start, images, torch.tensor(labels)[order])
    expect(
        len(values) == DIGITS,
        en="A stream of {wanted} digits should give as many values, but {count} came.",
        ja="{wanted} 枚の数字からは同じ個数の値が得られるはずですが、{count} 個でした。",
        wanted=DIGITS,
        count=len(values),
    )
    for k, value in enumerate(values, start=1):
        expect_float(value, k)
    # The share among the second half alone, worked out from two of the values: what the beginning missed is past.
    half = DIGITS // 2
    expect_at_least(
        (DIGITS * values[-1] - half * values[half - 1]) / (DIGITS - half),
        0.75,
        en="the accuracy on the second 500 digits, each predicted before it was learned from",
        ja="学習する前に予測した、後半 500 枚の数字での正解率",
    )

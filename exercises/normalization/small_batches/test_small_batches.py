import math

import pytest
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional as F

from tutor.testing import (
    curve,
    describe,
    expect,
    expect_at_least,
    expect_close,
    expect_shape,
    matrix,
    probe,
)

DOUBLE = {"dtype": torch.float64}
SIZES = (2, 4, 16)
NORMS = ("batch", "layer")


class Watched(nn.Module):
    """Linear, norm, ReLU, linear. Keeps what it was given in training mode, and its first parameters."""

    def __init__(self, norm, features, width, classes, dtype, device):
        super().__init__()
        norms = {"batch": nn.BatchNorm1d, "layer": nn.LayerNorm}
        self.layers = nn.Sequential(
            nn.Linear(features, width), norms[norm](width), nn.ReLU(), nn.Linear(width, classes)
        ).to(device, dtype)
        self.norm = norm
        self.given = []
        self.first = {name: value.clone() for name, value in self.layers.state_dict().items()}

    def forward(self, x):
        if self.training:
            self.given.append(x.detach().clone())
        return self.layers(x)


@probe
def trained(submission, cases, start, device):
    """For each case: the first and the last state of the model, and the batches that it was given in training mode."""
    came = []
    for norm, images, labels, size, epochs, rate, seed in cases:
        torch.manual_seed(start)
        model = Watched(norm, images.shape[1], 4, 3, images.dtype, device)
        model.eval()
        generator = torch.Generator().manual_seed(seed)
        submission.train(model, images.to(device), labels.to(device), size, epochs, rate, generator)
        came.append((model.first, dict(model.layers.state_dict()), model.given))
    return came


@probe
def measured(submission, norm, batches, images, labels, device):
    """After a few batches in training mode: what accuracy() returns for all and for one; logits; states."""
    torch.manual_seed(0)
    model = Watched(norm, images.shape[1], 4, 3, images.dtype, device)
    with torch.no_grad():
        for batch in batches:
            model(batch.to(device))
    before = {name: value.clone() for name, value in model.layers.state_dict().items()}
    images, labels = images.to(device), labels.to(device)
    whole = submission.accuracy(model, images, labels)
    model.train()
    single = submission.accuracy(model, images[:1], labels[:1])
    after = dict(model.layers.state_dict())
    return whole, single, model.layers.eval()(images), before, after


@probe
def tabled(submission, seen, unseen, sizes, epochs, rate, seeds, width, classes, whole, device):
    """The table; and of each network that was built its norm, its first weights, its batches and its last logits."""
    built = []

    def build(norm):
        built.append(Watched(norm, seen[0].shape[1], width, classes, seen[0].dtype, device))
        return built[-1]

    torch.manual_seed(99)
    seen, unseen = [tuple(tensor.to(device) for tensor in pair) for pair in (seen, unseen)]
    table = submission.table(build, seen, unseen, list(sizes), epochs, rate, list(seeds))
    told = []
    for model in built:
        with torch.no_grad():
            logits = model.layers.eval()(unseen[0])
        batches = [batch if whole else batch[:, 0] for batch in model.given]
        told.append((model.norm, model.first["0.weight"], model.first["3.weight"], batches, logits))
    return table, told


def drawn(tensors, n, features=5):
    return tensors(n, features, **DOUBLE), tensors.integers(3, n)


def cases_of(tensors):
    """Norm, images, labels, size, epochs, rate, seed."""
    cases = []
    for norm in NORMS:
        for n, size, epochs in ((13, 4, 3), (12, 3, 2), (5, 2, 2), (8, 8, 1)):
            cases.append((norm, *drawn(tensors, n), size, epochs, 0.05, tensors.choice(range(1000))))
    return cases


def places(batch, images):
    """Which images a batch consists of; None where a row is none of them."""
    same = (batch[:, None] == images).all(2)
    return same.int().argmax(1).tolist() if bool(same.any(1).all()) else None


def orders_of(batches, images, size, epochs):
    """For each epoch the images in the order in which they came, checked against the contract."""
    n = len(images)
    steps = n // size
    lengths = [len(batch) for batch in batches]
    expect(
        lengths == [size] * (steps * epochs),
        en="{epochs} epochs of {n} images in batches of {size} are {steps} steps with {size} images each; in training "
        "mode the model was given batches of {lengths}.",
        ja="{n} 枚の画像をバッチサイズ {size} で {epochs} エポック学習すると、"
        "{size} 枚ずつ {steps} ステップになります。"
        "学習モードのモデルに渡されたバッチの大きさは {lengths} です。",
        epochs=epochs,
        n=n,
        size=size,
        steps=steps * epochs,
        lengths=lengths,
    )
    orders = []
    for epoch in range(epochs):
        parts = [places(batch, images) for batch in batches[epoch * steps : (epoch + 1) * steps]]
        order = None if None in parts else [i for part in parts for i in part]
        expect(
            order is not None and len(set(order)) == len(order),
            en="In epoch {epoch} an image came twice, or one came that was not among those given.",
            ja="エポック {epoch} で、同じ画像が 2 回使われたか、渡されていない画像が使われました。",
            epoch=epoch + 1,
        )
        orders.append(order)
    return orders


def replayed(norm, first, batches, images, labels, rate):
    """Where plain gradient descent leads from the first parameters, by these batches."""
    state = {name: value.clone() for name, value in first.items()}
    trained_names = [name for name, value in state.items() if value.is_floating_point() and "running" not in name]
    for batch in batches:
        leaves = {name: state[name].requires_grad_() for name in trained_names}
        y = batch @ leaves["0.weight"].T + leaves["0.bias"]
        if norm == "batch":
            y = F.batch_norm(y, None, None, leaves["1.weight"], leaves["1.bias"], training=True)
        else:
            y = F.layer_norm(y, y.shape[1:], leaves["1.weight"], leaves["1.bias"])
        logits = y.relu() @ leaves["3.weight"].T + leaves["3.bias"]
        loss = (logits.logsumexp(1) - logits[range(len(batch)), labels[places(batch, images)]]).mean()
        for name, slope in zip(trained_names, torch.autograd.grad(loss, list(leaves.values())), strict=True):
            state[name] = (state[name] - rate * len(batch) * slope).detach()
    return {name: state[name].detach() for name in trained_names}


def test_batches(tensors):
    cases = cases_of(tensors)
    came, again = trained(cases, 1), trained(cases, 2)
    for (_, images, _, size, epochs, _, _), (_, _, batches), (_, _, others) in zip(cases, came, again, strict=True):
        orders = orders_of(batches, images, size, epochs)
        expect(
            orders == orders_of(others, images, size, epochs),
            en="Two generators with the same seed should lead to the same orders; here the orders differ.",
            ja="同じシードの生成器を渡せば順序も同じになるはずですが、違っていました。",
        )
        if len(images) > 9:
            expect(
                all(order != sorted(order) for order in orders) and orders[0] != orders[1],
                en="The images should come in a random order, a new one in each epoch; they came as {orders}.",
                ja="画像は、エポックごとに新しい乱数の順序で使うはずですが、{orders} の順でした。",
                orders=describe(orders),
            )


def test_steps(tensors):
    cases = cases_of(tensors)
    for case, (first, last, batches) in zip(cases, trained(cases, 3), strict=True):
        norm, images, labels, size, epochs, rate, _ = case
        orders_of(batches, images, size, epochs)
        for name, expected in replayed(norm, first, batches, images, labels, rate).items():
            expect_close(last[name], expected, what=name, rtol=1e-6, atol=1e-8)


def test_accuracy(tensors):
    for norm in NORMS:
        batches = [2 * tensors(4, 5, **DOUBLE) + 1 for _ in range(30)]
        images, labels = drawn(tensors, 40)
        whole, single, logits, before, after = measured(norm, batches, images, labels)
        right = (logits.argmax(1) == labels).double()
        expect_close(whole, right.mean().item(), what="accuracy")
        expect_close(single, right[0].item(), what="accuracy")
        for name, value in before.items():
            expect_close(after[name], value, what=name)


@pytest.fixture(scope="module")
def small(module_tensors):
    """A table of a small task, with everything that was trained for it."""
    images, labels = drawn(module_tensors, 13)
    unseen, answers = drawn(module_tensors, 31)
    sizes, epochs, seeds = (4, 2, 6), 2, (5, 11, 3, 8)
    table, told = tabled((images, labels), (unseen, answers), sizes, epochs, 0.05, seeds, 4, 3, True)
    return table, told, images, answers, sizes, epochs, seeds


def cells(told, sizes):
    """The networks by norm and batch size."""
    found = {(norm, size): [] for norm in NORMS for size in sizes}
    for one in told:
        lengths = [len(batch) for batch in one[3]]
        found.setdefault((one[0], max(lengths, default=0)), []).append(one)
    return found


def test_fair(small):
    _, told, images, _, sizes, epochs, seeds = small
    found = cells(told, sizes)
    counts = {f"{norm}, {size}": len(ones) for (norm, size), ones in found.items()}
    expect(
        len(found) == 2 * len(sizes) and set(counts.values()) == {len(seeds)},
        en="With {seeds} seeds there should be {seeds} networks for each norm and each size of {sizes}; there are "
        "{counts}.",
        ja="シードが {seeds} 個なら、正規化と {sizes} の各サイズごとに {seeds} 個のネットワークがあるはずですが、"
        "{counts} 個でした。",
        seeds=len(seeds),
        sizes=list(sizes),
        counts=counts,
    )
    histories = {}
    for (norm, size), ones in found.items():
        histories[norm, size] = {
            (tuple(first.flatten().tolist()), tuple(last.flatten().tolist())): orders_of(batches, images, size, epochs)
            for _, first, last, batches, _ in ones
        }
    starts = [set(history) for history in histories.values()]
    expect(
        all(start == starts[0] for start in starts) and len(starts[0]) == len(seeds),
        en="The networks of one seed should begin with the same weights, for both norms and all sizes, and those of "
        "another seed with others. Here they do not.",
        ja="同じシードのネットワークは、どちらの正規化でも、どのサイズでも、同じ重みから始まり、シードが違えば別の重みから"
        "始まるはずですが、そうなっていません。",
    )
    for size in sizes:
        expect(
            histories["batch", size] == histories["layer", size],
            en="At batch size {size} the two norms were trained on the images in different orders.",
            ja="バッチサイズ {size} で、2 つの正規化の学習に使われた画像の順序が違います。",
            size=size,
        )
        for norm in NORMS:
            orders = list(histories[norm, size].values())
            expect(
                all(order not in orders[:number] for number, order in enumerate(orders)),
                en="At batch size {size} networks of different seeds were trained on the images in the same order.",
                ja="バッチサイズ {size} で、シードの違うネットワークが、同じ順序の画像で学習されています。",
                size=size,
            )


def own_table(told, answers, sizes):
    """The table by the logits of the networks themselves."""
    found = cells(told, sizes)
    rows = []
    for norm in NORMS:
        scores = [[(one[4].argmax(1) == answers).double().mean() for one in found[norm, size]] for size in sizes]
        rows.append([sum(score) / len(score) if score else torch.tensor(math.nan).double() for score in scores])
    return torch.tensor(rows, **DOUBLE)


def check_table(came, told, answers, sizes):
    expected = own_table(told, answers, sizes)
    expect_shape(came, (2, len(sizes)), what="table")
    expect_close(came, expected, what="table", rtol=0, atol=1e-4, check_dtype=False)


def test_table(small):
    table, told, _, answers, sizes, _, _ = small
    check_table(table, told, answers, sizes)


@pytest.fixture(scope="module")
def digits(module_tensors):
    """The table of real digits: by the submission's own word, and by the logits of its networks."""
    features, labels = load_digits(return_X_y=True)
    order = module_tensors.uniform(0, 1, len(labels)).argsort()
    images = torch.tensor(features, dtype=torch.float32)[order] / 16
    labels = torch.tensor(labels)[order]
    seeds = [module_tensors.choice(range(10_000)) for _ in range(2)]
    seen, unseen = (images[:300], labels[:300]), (images[300:900], labels[300:900])
    table, told = tabled(seen, unseen, SIZES, 2, 0.008, seeds, 32, 10, False)
    check_table(table, told, labels[300:900], SIZES)
    expected = own_table(told, labels[300:900], SIZES)
    for column in range(len(SIZES)):
        for row, name in enumerate(("BatchNorm", "LayerNorm")):
            curve(f"accuracy/{name}", expected[row, column])
    matrix(
        "accuracy",
        expected,
        rows=["BatchNorm", "LayerNorm"],
        columns=[str(size) for size in SIZES],
        axes=("norm", "batch size"),
    )
    return expected


def test_batch_norm_loses(digits):
    expect_at_least(
        digits[0, -1] - digits[0, 0],
        0.06,
        en="what batch normalization loses in accuracy between batches of 16 and batches of 2",
        ja="バッチサイズを 16 から 2 にしたときの、バッチ正規化の正解率の低下",
    )


def test_layer_norm_holds(digits):
    expect_at_least(
        digits[1, 0],
        0.8,
        en="the accuracy with layer normalization, trained on batches of 2",
        ja="バッチサイズ 2 で学習したレイヤー正規化の正解率",
    )


def test_lead(digits):
    expect_at_least(
        digits[1, 0] - digits[0, 0],
        0.06,
        en="the lead of layer over batch normalization at batches of 2",
        ja="バッチサイズ 2 での、バッチ正規化に対するレイヤー正規化の正解率の差",
    )

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
    expect_at_most,
    expect_close,
    expect_shape,
    gallery,
    probe,
)

NAMES = ("g", "f", "d_x", "d_y")
WARM, COLD = torch.tensor([1.0, 0.55, 0.1]), torch.tensor([0.1, 0.45, 1.0])


class History:
    """Of 50 images, half of what comes back is old: the buffer of the exercise before."""

    def __init__(self):
        self.images = []

    def query(self, images):
        given = []
        for image in images.detach():
            back = image
            if len(self.images) < 50:
                self.images.append(image)
            elif torch.rand(()) < 0.5:
                place = int(torch.randint(50, ()))
                back, self.images[place] = self.images[place], image
            given.append(back)
        return torch.stack(given)


class Recorder:
    """Notes what it was asked, and returns what it was told to, or else the same images."""

    def __init__(self, answers=()):
        self.asked, self.answers = [], list(answers)

    def query(self, images):
        self.asked.append(images)
        return self.answers.pop(0) if self.answers else images.detach()


def bend(weight, stride):
    conv = nn.Conv2d(
        weight.shape[1], weight.shape[0], 3, stride, 1, bias=False, dtype=weight.dtype, device=weight.device
    )
    with torch.no_grad():
        conv.weight.copy_(weight)
    return nn.Sequential(conv, nn.Tanh() if stride == 1 else nn.LeakyReLU(0.2))


def small(weights):
    return {name: bend(weights[name], 1 if name in ("g", "f") else 2) for name in NAMES}


def tiny(kind):
    """Networks for images of 8 by 8 in colour."""
    if kind in ("g", "f"):
        return nn.Sequential(nn.Conv2d(3, 16, 3, padding=1), nn.ReLU(), nn.Conv2d(16, 3, 1), nn.Tanh())
    return nn.Sequential(nn.Conv2d(3, 8, 4, 2, 1), nn.LeakyReLU(0.2), nn.Conv2d(8, 1, 3, 1, 1))


@probe
def decays(submission, cases):
    return [submission.linear_decay(epoch, constant, decaying) for epoch, constant, decaying in cases]


@probe
def optimizers_made(submission, lr, constant, decaying):
    """Of each optimizer: its class, its settings, and the names of the parameters that it moves."""
    models = {name: tiny(name) for name in NAMES}
    called = {id(p): f"{name}.{part}" for name in NAMES for part, p in models[name].named_parameters()}
    optimizers, _schedulers = submission.make_optimizers(models, lr, constant, decaying)
    return [
        (
            type(optimizer).__name__,
            [
                (float(group["lr"]), [float(beta) for beta in group.get("betas", ())])
                for group in optimizer.param_groups
            ],
            [called.get(id(p), "?") for group in optimizer.param_groups for p in group["params"]],
        )
        for optimizer in optimizers
    ]


@probe
def rates_over_epochs(submission, lr, constant, decaying):
    models = {name: tiny(name) for name in NAMES}
    optimizers, schedulers = submission.make_optimizers(models, lr, constant, decaying)
    rates = []
    for _epoch in range(constant + decaying):
        rates.append([float(optimizer.param_groups[0]["lr"]) for optimizer in optimizers])
        for optimizer, scheduler in zip(optimizers, schedulers, strict=True):
            optimizer.step()
            scheduler.step()
    return rates


@probe
def stepped(submission, weights, batches, rates, answers):
    """Train with plain gradient descent: the weights after each step, the reports, and what the buffers were asked.

    As in any training, gradients of something else are there before the first step.
    """
    models = small(weights)
    for model in models.values():
        sum(p.sum() for p in model.parameters()).backward()
    optimizers = [
        torch.optim.SGD([p for name in names for p in models[name].parameters()], lr=rate)
        for names, rate in zip((NAMES[:2], NAMES[2:]), rates, strict=True)
    ]
    buffers = {"x": Recorder(answers[0]), "y": Recorder(answers[1])}
    after, reports = [], []
    for x, y in batches:
        reports.append(submission.train_step(models, optimizers, buffers, x, y))
        after.append({name: models[name][0].weight.detach().clone() for name in NAMES})
    asked = {
        name: [(images.detach().clone(), bool(images.requires_grad)) for images in buffer.asked]
        for name, buffer in buffers.items()
    }
    return after, reports, asked


@probe
def trained(submission, weights, x, y, unseen_x, unseen_y, orders, lr, seed):
    """Train on both domains; return translations and round trips of unseen images."""
    torch.manual_seed(seed)
    models = {name: tiny(name).to(x.device) for name in NAMES}
    for name in NAMES:
        models[name].load_state_dict(weights[name])
    constant = len(orders) // 2
    optimizers, schedulers = submission.make_optimizers(models, lr, constant, len(orders) - constant)
    buffers = {"x": History(), "y": History()}
    for of_x, of_y in orders:
        for a, b in zip(of_x.split(16), of_y.split(16), strict=True):
            report = submission.train_step(models, optimizers, buffers, x[a], y[b])
            for name in ("generators", "discriminators", "cycle"):
                curve(f"loss/{name}", report[name])
        for scheduler in schedulers:
            scheduler.step()
    g, f = models["g"], models["f"]
    with torch.no_grad():
        fake_y, fake_x = g(unseen_x), f(unseen_y)
        return fake_x, fake_y, g(fake_x), f(fake_y)


def drawn(tensors, channels=2):
    def weight(out):
        return tensors(out, channels, 3, 3, dtype=torch.float64) / (3 * math.sqrt(channels))

    return {"g": weight(channels), "f": weight(channels), "d_x": weight(1), "d_y": weight(1)}


def answer(name, weight, images):
    if name in ("g", "f"):
        return torch.tanh(F.conv2d(images, weight, padding=1))
    return F.leaky_relu(F.conv2d(images, weight, stride=2, padding=1), 0.2)


def step_by_hand(weights, x, y, rates, old_x=None, old_y=None):
    """Weights after a step, the three losses, and the fakes: gradient descent written out."""
    leaf = {name: weight.detach().clone().requires_grad_() for name, weight in weights.items()}

    def net(name, images):
        return answer(name, leaf[name], images)

    fake_x, fake_y = net("f", y), net("g", x)
    cycle = (net("f", fake_y) - x).abs().mean() + (net("g", fake_x) - y).abs().mean()
    identity = (net("f", x) - x).abs().mean() + (net("g", y) - y).abs().mean()
    adversarial = (net("d_x", fake_x) - 1).pow(2).mean() + (net("d_y", fake_y) - 1).pow(2).mean()
    total = adversarial + 10 * cycle + 5 * identity
    of_generators = torch.autograd.grad(total, [leaf["g"], leaf["f"]])
    fakes = fake_x.detach(), fake_y.detach()
    old_x, old_y = fakes[0] if old_x is None else old_x, fakes[1] if old_y is None else old_y
    judged = sum(
        0.5 * ((net(name, real) - 1).pow(2).mean() + net(name, old).pow(2).mean())
        for name, real, old in (("d_x", x, old_x), ("d_y", y, old_y))
    )
    of_discriminators = torch.autograd.grad(judged, [leaf["d_x"], leaf["d_y"]])
    rate = dict(zip(NAMES, (rates[0], rates[0], rates[1], rates[1]), strict=True))
    moved = {
        name: leaf[name].detach() - rate[name] * gradient
        for name, gradient in zip(NAMES, (*of_generators, *of_discriminators), strict=True)
    }
    losses = {"generators": total, "discriminators": judged, "cycle": cycle}
    return moved, {name: value.item() for name, value in losses.items()}, fakes


def test_decay(tensors):
    cases = [(epoch, constant, decaying) for constant, decaying in ((3, 4), (0, 5), (100, 100), (2, 1))
             for epoch in (*range(7), 99, 100, 101, 150, 199) if epoch < constant + decaying]  # fmt: skip
    for (epoch, constant, decaying), came in zip(cases, decays(cases), strict=True):
        right = 1.0 if epoch <= constant else (constant + decaying - epoch) / decaying
        expect(
            isinstance(came, (int, float)) and abs(came - right) < 1e-9,
            en="linear_decay({epoch}, {constant}, {decaying}) should be {right:.6g}, but it is {came}.",
            ja="linear_decay({epoch}, {constant}, {decaying}) は {right:.6g} のはずですが、{came} です。",
            epoch=epoch,
            constant=constant,
            decaying=decaying,
            right=right,
            came=describe(came),
        )


def test_optimizers(tensors):
    lr = float(tensors.uniform(1e-4, 1e-3, 1))
    parts = {name: [f"{name}.{part}" for part, _ in tiny(name).named_parameters()] for name in NAMES}
    made = optimizers_made(lr, 3, 4)
    expect(
        len(made) == 2,
        en="make_optimizers should return two optimizers, but it returned {count}.",
        ja="make_optimizers はオプティマイザを 2 つ返すはずですが、{count} 個返しました。",
        count=len(made),
    )
    for (kind, groups, moved), names in zip(made, (NAMES[:2], NAMES[2:]), strict=True):
        right = [part for name in names for part in parts[name]]
        expect(
            sorted(moved) == sorted(right),
            en="The optimizer of {names} should move {right}, but it moves {moved}.",
            ja="{names} のオプティマイザが受け持つのは {right} のはずですが、{moved} になっています。",
            names=" + ".join(names),
            right=", ".join(right),
            moved=", ".join(moved) or "–",
        )
        expect(
            kind == "Adam" and all(abs(rate - lr) < 1e-9 and betas == [0.5, 0.999] for rate, betas in groups),
            en="The optimizer of {names} should be Adam with learning rate {lr:.3g} and betas (0.5, 0.999); "
            "it is {kind} "
            "with {groups}.",
            ja="{names} のオプティマイザは学習率 {lr:.3g}、betas (0.5, 0.999) の Adam のはずですが、{kind} "
            "で {groups} に"
            "なっています。",
            names=" + ".join(names),
            lr=lr,
            kind=kind,
            groups=groups,
        )


@pytest.mark.parametrize("span", [(2, 3), (4, 1), (1, 6)], ids=str)
def test_schedule(tensors, span):
    constant, decaying = span
    rates = rates_over_epochs(0.01, constant, decaying)
    for epoch, came in enumerate(rates):
        right = 0.01 * (1.0 if epoch <= constant else (constant + decaying - epoch) / decaying)
        expect(
            len(came) == 2 and all(abs(rate - right) < 1e-9 for rate in came),
            en="With {constant} constant and {decaying} decaying epochs both rates should be {right:.4g} in "
            "epoch {epoch}, "
            "but they are {came}.",
            ja="一定が {constant} エポック、減衰が {decaying} エポックのとき、エポック {epoch} "
            "の学習率はどちらも {right:.4g} の"
            "はずですが、{came} です。",
            constant=constant,
            decaying=decaying,
            right=right,
            epoch=epoch,
            came=came,
        )


def steps(tensors, count, rates, shape=(2, 2, 6, 8)):
    """Steps of the submission, and the same by hand."""
    weights = drawn(tensors, shape[1])
    batches = [tuple(tensors.uniform(-1, 1, *shape, dtype=torch.float64) for _ in "xy") for _ in range(count)]
    after, reports, asked = stepped(weights, batches, rates, ([], []))
    expected = []
    for x, y in batches:
        expected.append(step_by_hand(weights, x, y, rates))
        weights = expected[-1][0]
    return after, reports, asked, expected


@pytest.mark.parametrize("shape", [(1, 1, 4, 6), (3, 2, 6, 8)], ids=str)
def test_generators(tensors, shape):
    after, _, _, expected = steps(tensors, 3, (0.02, 0.0), shape)
    for number, (came, (right, _, _)) in enumerate(zip(after, expected, strict=True), start=1):
        for name in ("g", "f"):
            expect_close(came[name], right[name], what=f"{name}.weight #{number}")


@pytest.mark.parametrize("shape", [(1, 1, 4, 6), (3, 2, 6, 8)], ids=str)
def test_discriminators(tensors, shape):
    after, _, _, expected = steps(tensors, 3, (0.05, 0.1), shape)
    for number, (came, (right, _, _)) in enumerate(zip(after, expected, strict=True), start=1):
        for name in ("d_x", "d_y"):
            expect_close(came[name], right[name], what=f"{name}.weight #{number}")


def test_buffers(tensors):
    weights, rates, shape = drawn(tensors), (0.05, 0.1), (2, 2, 6, 8)
    x, y, old_x, old_y = (tensors.uniform(-1, 1, *shape, dtype=torch.float64) for _ in range(4))
    after, _, asked = stepped(weights, [(x, y)], rates, ([old_x], [old_y]))
    right, _, fakes = step_by_hand(weights, x, y, rates, old_x, old_y)
    for name, fake in zip(("x", "y"), fakes, strict=True):
        expect(
            len(asked[name]) == 1,
            en='In one step buffers["{name}"].query should be called once, but it was called {count} times.',
            ja='1 ステップで buffers["{name}"].query は 1 回呼ばれるはずですが、{count} 回呼ばれました。',
            name=name,
            count=len(asked[name]),
        )
        images, has_graph = asked[name][0]
        expect_close(images, fake, what=f'buffers["{name}"].query(…)')
        expect(
            not has_graph,
            en='The images that went into buffers["{name}"] still have the generator\'s graph behind them.',
            ja='buffers["{name}"] に渡した画像に、生成器の計算グラフがつながったままです。',
            name=name,
        )
    for name in ("d_x", "d_y"):
        expect_close(after[0][name], right[name], what=f"{name}.weight")


def test_report(tensors):
    _, reports, _, expected = steps(tensors, 2, (0.02, 0.02))
    for came, (_, right, _) in zip(reports, expected, strict=True):
        expect(
            isinstance(came, dict) and set(came) == set(right) and all(isinstance(v, float) for v in came.values()),
            en='train_step should return plain numbers under "generators", "discriminators" and "cycle", but '
            "it returned "
            "{came}.",
            ja='train_step は "generators"、"discriminators"、"cycle" '
            "をキーとするふつうの数を返すはずですが、返ってきたのは "
            "{came} です。",
            came=describe(came),
        )
        for name, value in right.items():
            expect_close(came[name], value, what=f'report["{name}"]', rtol=1e-7, atol=1e-9)


@pytest.fixture(scope="module")
def domains(module_tensors):
    """Warm and cold digits, from different images: 160 of each to learn from and 100 of each unseen."""
    images = torch.tensor(load_digits().images, dtype=torch.float32) / 16
    images = images[module_tensors.uniform(0, 1, len(images)).argsort()]
    warm, cold = (2 * images.unsqueeze(1) * colour.reshape(3, 1, 1) - 1 for colour in (WARM, COLD))
    return warm[:160], cold[160:320], warm[320:420], cold[420:520]


@pytest.fixture(scope="module")
def translations(domains, module_tensors, seed):
    x, y, unseen_x, unseen_y = domains
    weights = {}
    for name in NAMES:
        state = tiny(name).state_dict()
        weights[name] = {
            part: module_tensors.uniform(-1, 1, *value.shape) / math.sqrt(max(value[0].numel(), 9))
            for part, value in state.items()
        }
    orders = [tuple(module_tensors.uniform(0, 1, len(x)).argsort() for _ in "xy") for _ in range(8)]
    came = trained(weights, x, y, unseen_x, unseen_y, orders, 0.005, seed)
    for images, shape in zip(came, (unseen_y.shape, unseen_x.shape, unseen_y.shape, unseen_x.shape), strict=True):
        expect_shape(images, tuple(shape))
    return came


def test_round_trip(domains, translations):
    _, _, x, y = domains
    fake_x, fake_y, back_y, back_x = translations
    rows = torch.cat([x[:4], fake_y[:4], back_x[:4], y[:4], fake_x[:4], back_y[:4]])
    captions = [name for name in ("x", "G(x)", "F(G(x))", "y", "F(y)", "G(F(y))") for _ in range(4)]
    gallery("unseen", rows, captions, low=-1, high=1)
    error = ((back_x - x).abs().mean() + (back_y - y).abs().mean()) / 2
    expect_at_most(
        error,
        0.2,
        en="the mean absolute difference after a round trip",
        ja="往復したあとの差の絶対値の平均",
    )


def test_translation(domains, translations):
    _, _, x, y = domains
    fake_x, fake_y, _, _ = translations

    def colour(images):
        return images.mean((0, 2, 3))

    apart = (colour(x) - colour(y)).norm()
    left = ((colour(fake_y) - colour(y)).norm() + (colour(fake_x) - colour(x)).norm()) / 2
    expect_at_most(
        left / apart,
        0.25,
        en="the distance of the translations' mean colour from the other domain's, as a share of the "
        "domains' distance,",
        ja="変換結果の平均の色と変換先の平均の色との距離（2 つの領域の間の距離に対する割合）",
    )

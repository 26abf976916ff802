import itertools

import pytest
import torch
from torch import nn

from tutor.testing import expect, expect_close, fail, probe

WIDTHS = (4, 6, 5, 3, 2)
EPOCHS, BATCHES = 7, 2
# (stages, epochs between two of them, factor, by what the grader multiplies all rates after an epoch)
PLANS = ((4, 1, 0.5, 0.9), (4, 2, 0.3, 1.0), (3, 3, 0.8, 0.5), (2, 4, 0.5, 0.9), (1, 2, 0.5, 0.9))
SGD = {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.1}
ADAM = {"lr": 0.02}


@probe
def history(submission, kind, settings, layers, batches, every, factor, decay):
    """Train for some epochs; what the parameters and the optimiser look like before the first and after each."""
    stages = []
    for weight, bias in layers:
        linear = nn.Linear(weight.shape[1], weight.shape[0], dtype=weight.dtype, device=weight.device)
        linear.load_state_dict({"weight": weight, "bias": bias})
        stages.append(nn.Sequential(linear, nn.Tanh()))
    network = nn.Sequential(*stages)
    optimizer = getattr(torch.optim, kind)(stages[-1].parameters(), **settings)
    unfreezing = submission.GradualUnfreezing(optimizer, stages, every, factor)
    given = [p for stage in stages for p in stage.parameters()]

    def now():
        groups = [[sum(p is q for q in group["params"]) for group in optimizer.param_groups] for p in given]
        rates = [group["lr"] for group in optimizer.param_groups]
        gradients = [None if p.grad is None else p.grad.clone() for p in given]
        return [p.detach().clone() for p in given], [p.requires_grad for p in given], gradients, groups, rates

    rows = [now()]
    for epoch in batches:
        for x, pull in epoch:
            optimizer.zero_grad()
            y = network(x)
            if y.requires_grad:
                (y * pull).sum().backward()
            optimizer.step()
        for group in optimizer.param_groups:
            group["lr"] *= decay
        unfreezing.step()
        rows.append(now())
    return rows


def drawn(tensors, stages):
    """Layers for so many stages, and the batches of all epochs."""
    widths = WIDTHS[-stages - 1 :]
    layers = []
    for given, out in itertools.pairwise(widths):
        layers.append((tensors(out, given, dtype=torch.float64) / given**0.5, tensors(out, dtype=torch.float64)))
    batches = [
        [
            (tensors(3, widths[0], dtype=torch.float64), tensors(3, widths[-1], dtype=torch.float64))
            for _ in range(BATCHES)
        ]
        for _ in range(EPOCHS)
    ]
    return layers, batches


def thawed_after(epoch, stages, every):
    """How many stages learn once so many epochs are over."""
    return min(stages, 1 + epoch // every)


def adam(settings, memory, value, gradient, rate):
    """One step of Adam as it was published, with a memory of the parameter's own."""
    first, second, t = memory or (torch.zeros_like(value), torch.zeros_like(value), 0)
    t += 1
    first, second = 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient**2
    step = (first / (1 - 0.9**t)) / ((second / (1 - 0.999**t)).sqrt() + 1e-8)
    return value - rate * step, (first, second, t)


def momentum(settings, memory, value, gradient, rate):
    """One step of SGD with momentum and weight decay."""
    gradient = gradient + settings["weight_decay"] * value
    memory = gradient if memory is None else settings["momentum"] * memory + gradient
    return value - rate * memory, memory


def expected_history(rule, settings, layers, batches, every, factor, decay):
    """Parameters after each epoch, with the rates from the input to the head (None: frozen)."""
    values = [p for layer in layers for p in layer]
    memories, stages = [None] * len(values), len(layers)
    rates = [None] * (stages - 1) + [settings["lr"]]
    rows = [(list(values), list(rates))]
    for epoch, some in enumerate(batches, start=1):
        for x, pull in some:
            leaves = [v.detach().requires_grad_() for v in values]
            y = x
            for weight, bias in zip(leaves[::2], leaves[1::2], strict=True):
                y = (y @ weight.T + bias).tanh()
            gradients = torch.autograd.grad((y * pull).sum(), leaves)
            for n, gradient in enumerate(gradients):
                if rates[n // 2] is not None:
                    values[n], memories[n] = rule(settings, memories[n], values[n], gradient, rates[n // 2])
        rates = [None if rate is None else rate * decay for rate in rates]
        for k in range(stages - thawed_after(epoch, stages, every), stages - 1)[::-1]:
            if rates[k] is None:
                rates[k] = factor * rates[k + 1]
        rows.append((list(values), list(rates)))
    return rows


@pytest.fixture(scope="module")
def courses(module_tensors):
    """For each plan: the plan, what came of it with SGD, and what was expected."""
    found = []
    for stages, every, factor, decay in PLANS:
        layers, batches = drawn(module_tensors, stages)
        rows = history("SGD", SGD, layers, batches, every, factor, decay)
        expected = expected_history(momentum, SGD, layers, batches, every, factor, decay)
        found.append(((stages, every), rows, expected))
    return found


def test_head_first(tensors):
    layers, batches = drawn(tensors, 4)
    rows = history("SGD", SGD, layers, batches, EPOCHS + 1, 0.5, 1.0)
    before = [p for layer in layers for p in layer]
    for epoch, (values, free, gradients, _, _) in enumerate(rows):
        expect(
            free == [False] * 6 + [True] * 2,
            en="Of the four stages only the last should have requires_grad for the first epochs; after {epoch} epochs "
            "it is {free} (weight and bias, from the input to the head).",
            ja="はじめのうち、4 つの段のうち requires_grad が真なのは最後の段だけのはずですが、{epoch} エポック後には "
            "{free} でした（入力からヘッドへ、重みとバイアスの順）。",
            epoch=epoch,
            free=free,
        )
        for n in range(6):
            expect_close(values[n], before[n], what=f"stages[{n // 2}]")
            if gradients[n] is not None:
                fail(
                    en="Stage {n} is frozen, and yet a gradient was computed for it.",
                    ja="段 {n} は凍結されているのに、勾配が計算されました。",
                    n=n // 2,
                )
    moved = bool((rows[-1][0][6] - before[6]).abs().max() > 1e-6)
    expect(moved, en="The head did not learn.", ja="ヘッドが学習していません。")


def test_schedule(courses):
    for (stages, every), rows, _ in courses:
        for epoch, (_, free, _, _, _) in enumerate(rows):
            learns = thawed_after(epoch, stages, every)
            expected = [False] * 2 * (stages - learns) + [True] * 2 * learns
            expect(
                free == expected,
                en="With {stages} stages and every={every}, after {epoch} epochs the last {learns} should learn: "
                "requires_grad of weights and biases, from the input to the head, should be {expected}; it is {free}.",
                ja="{stages} 段で every={every} のとき、{epoch} エポック後には最後の {learns} 段が学習するはずです。"
                "重みとバイアスの requires_grad は、入力からヘッドへ {expected} のはずですが、{free} でした。",
                stages=stages,
                every=every,
                epoch=epoch,
                learns=learns,
                expected=expected,
                free=free,
            )


def test_joins(courses):
    for (stages, every), rows, _ in courses:
        for epoch, (_, _, _, groups, _) in enumerate(rows):
            learns = thawed_after(epoch, stages, every)
            for n, times in enumerate(groups):
                place = stages - 1 - n // 2  # of the group: the head's is the first
                expect(
                    times == [int(place == k) for k in range(learns)],
                    en="After {epoch} epochs the optimiser should have {learns} groups, one for each stage that "
                    "learns, the head's first; a parameter of stage {stage} is in them {times} times.",
                    ja="{epoch} エポック後、オプティマイザのグループは、学習する段ごとに 1 つ、ヘッドを先頭に "
                    "{learns} 個のはずです。段 {stage} のパラメータが各グループに現れる回数は {times} です。",
                    epoch=epoch,
                    learns=learns,
                    stage=n // 2,
                    times=times,
                )


def test_rates(courses):
    for (_, every), rows, expected in courses:
        for epoch, (row, (_, rates)) in enumerate(zip(rows, expected, strict=True)):
            wanted = torch.tensor([rate for rate in reversed(rates) if rate is not None], dtype=torch.float64)
            came = torch.tensor(row[4], dtype=torch.float64)
            expect_close(came, wanted, what=f"every={every}, epoch {epoch}: [group['lr'] …]")


def check_values(rows, expected, name):
    for epoch, (row, (values, _)) in enumerate(zip(rows, expected, strict=True)):
        for n, value in enumerate(values):
            part = "weight" if n % 2 == 0 else "bias"
            what = f"{name}, epoch {epoch}: stages[{n // 2}].{part}"
            expect_close(row[0][n], value, what=what, rtol=1e-6, atol=1e-8)


def test_state(courses, tensors):
    for (_, every), rows, expected in courses:
        check_values(rows, expected, f"SGD, every={every}")
    for stages, every, factor, decay in PLANS[:3]:
        layers, batches = drawn(tensors, stages)
        rows = history("Adam", ADAM, layers, batches, every, factor, decay)
        check_values(rows, expected_history(adam, ADAM, layers, batches, every, factor, decay), f"Adam, every={every}")

import pytest
import torch
from sklearn.datasets import load_digits
from torch import nn

from tutor.testing import curve, expect, expect_at_most, expect_close, expect_gradient, probe

SEEN = 1397
RATE = 0.1


@probe
def block_outputs(submission, weights, x, width, hidden, dropout, training):
    block = submission.Block(width, hidden, dropout).to(x)
    block.load_state_dict(weights)
    block.train(training)
    return block(x)


@probe
def parameters_of(submission, sizes):
    """Names and shapes of the parameters; and what happens to them when the model is converted and called."""
    model = submission.Classifier(*sizes, 0.0)
    shapes = {name: list(value.shape) for name, value in model.named_parameters()}
    saved = sorted(model.state_dict())
    distinct = len({id(value) for value in model.parameters()})
    model.double()
    return shapes, saved, distinct, [str(value.dtype) for value in model.parameters()]


@probe
def logits_and_gradients(submission, weights, images, sizes, training):
    model = submission.Classifier(*sizes, 0.0).to(images)
    model.load_state_dict(weights)
    model.train(training)
    logits = model(images)
    logits.square().sum().backward()
    return logits, {name: value.grad for name, value in model.named_parameters()}


@probe
def predicted(submission, weight, bias, images):
    """With a model that is linear and notes its mode, all images at once and each by itself."""

    class Noted(nn.Linear):
        def forward(self, x):
            modes.append(self.training)
            return super().forward(x)

    modes = []
    model = Noted(weight.shape[1], weight.shape[0]).to(weight)
    model.load_state_dict({"weight": weight, "bias": bias})
    together = submission.predict(model, images)
    alone = torch.cat([submission.predict(model, image) for image in images.split(1)])
    return together, alone, modes, together.requires_grad


@probe
def trained(submission, weights, images, labels, sizes, dropout, epochs, rate, size, seed, chance=0):
    """The parameters after a training that begins in eval mode; chance: a seed for torch's own generators."""
    torch.manual_seed(chance)
    model = submission.Classifier(*sizes, dropout).to(images)
    model.load_state_dict(weights)
    model.eval()
    generator = torch.Generator().manual_seed(seed)
    submission.train_model(model, images, labels, epochs=epochs, rate=rate, size=size, generator=generator)
    return dict(model.named_parameters())


@probe
def digits_learned(submission, images, labels, unseen, answers, seed, device):
    torch.manual_seed(seed)
    model = submission.Classifier(64, 32, 64, 3, 10, 0.2).to(device)
    generator = torch.Generator().manual_seed(seed)
    for _ in range(5):
        submission.train_model(model, images, labels, epochs=2, rate=0.02, size=50, generator=generator)
        probabilities = submission.predict(model, unseen)
        curve("accuracy", (probabilities.argmax(dim=1) == answers).float().mean())
    return probabilities


# By hand.


def block_by_hand(weights, x, name=""):
    hidden = hidden_by_hand(weights, x, name)
    return x + hidden @ weights[f"{name}second.weight"].T + weights[f"{name}second.bias"]


def hidden_by_hand(weights, x, name=""):
    centred = x - x.mean(dim=1, keepdim=True)
    normed = centred / (centred.square().mean(dim=1, keepdim=True) + 1e-5) ** 0.5
    normed = normed * weights[f"{name}norm.weight"] + weights[f"{name}norm.bias"]
    z = normed @ weights[f"{name}first.weight"].T + weights[f"{name}first.bias"]
    return z * (z > 0)


def logits_by_hand(weights, images, depth):
    x = images.reshape(len(images), -1) @ weights["stem.weight"].T + weights["stem.bias"]
    for i in range(depth):
        x = block_by_hand(weights, x, f"blocks.{i}.")
    return x @ weights["head.weight"].T + weights["head.bias"]


def shapes_of(inputs, width, hidden, depth, classes):
    """Names and shapes as the docstrings say."""
    block = {
        "norm.weight": (width,),
        "norm.bias": (width,),
        "first.weight": (hidden, width),
        "first.bias": (hidden,),
        "second.weight": (width, hidden),
        "second.bias": (width,),
    }
    shapes = {"stem.weight": (width, inputs), "stem.bias": (width,)}
    shapes |= {f"blocks.{i}.{name}": shape for i in range(depth) for name, shape in block.items()}
    return shapes | {"head.weight": (classes, width), "head.bias": (classes,)}


def drawn(tensors, shapes):
    return {name: 0.7 * tensors(*shape, dtype=torch.float64) for name, shape in shapes.items()}


def block_weights(tensors, width, hidden):
    shapes = shapes_of(1, width, hidden, 1, 1)
    return drawn(tensors, {n.removeprefix("blocks.0."): s for n, s in shapes.items() if n.startswith("blocks.0.")})


@pytest.mark.parametrize("sizes", [(6, 4, 5, 2, 3), (9, 3, 7, 4, 2)], ids=str)
def test_parameters(sizes):
    shapes, saved, distinct, dtypes = parameters_of(sizes)
    expected = shapes_of(*sizes)
    missing = sorted(set(expected) - set(shapes))
    expect(
        not missing,
        en="Of {wanted} parameters of the model {count} are not found by parameters(), {first} for instance.",
        ja="モデルのパラメータ {wanted} 個のうち、{first} など {count} 個が parameters() から見つかりません。",
        wanted=len(expected),
        count=len(missing),
        first=(missing or [""])[0],
    )
    expect(
        {name: tuple(shape) for name, shape in shapes.items()} == expected and saved == sorted(expected),
        en="Names and shapes of the parameters should be those of the docstrings.",
        ja="パラメータの名前と形状は、docstring のとおりのはずです。",
    )
    expect(
        distinct == len(expected) and set(dtypes) == {"torch.float64"},
        en="Every block should have parameters of its own, and all should follow double().",
        ja="どのブロックも自分のパラメータをもち、double() にすべてが従うはずです。",
    )


@pytest.mark.parametrize("dropout", [0.5, 0.2])
def test_dropout(tensors, dropout):
    width, hidden = 3, 6
    weights = block_weights(tensors, width, hidden)
    weights["first.bias"] += 1  # enough hidden values above 0 that can be dropped
    x = tensors(1, width, dtype=torch.float64)
    expected = block_by_hand(weights, x)
    for count in (1, 5):
        came = block_outputs(weights, x.repeat(count, 1), width, hidden, dropout, False)
        expect_close(came, expected.repeat(count, 1), what="Block, eval")
    expect_close(block_outputs(weights, x, width, hidden, 0.0, True), expected, what="Block, dropout = 0")
    # 4,000 times the same row in train mode: mean and variance of what dropout gives.
    rows = block_outputs(weights, x.repeat(4000, 1), width, hidden, dropout, True)
    terms = weights["second.weight"] * hidden_by_hand(weights, x)  # (width, hidden)
    variance = dropout / (1 - dropout) * terms.square().sum(dim=1)
    error = ((rows.mean(dim=0) - expected[0]).abs() / (variance / len(rows)).sqrt()).max().item()
    expect(
        error < 6,
        en="In train mode the mean over many calls should be what eval mode gives.",
        ja="train モードで何度も呼び出したときの平均は、eval モードの値と一致するはずです。",
    )
    expect_close(rows.var(dim=0), variance, what="Block, train → variance", rtol=0.25)


@pytest.mark.parametrize("n", [1, 5])
def test_logits(tensors, n):
    sizes = (6, 4, 5, 0, 3)
    weights = drawn(tensors, shapes_of(*sizes))
    images = 3 * tensors.strided(n, 2, 3, dtype=torch.float64)
    logits, _ = logits_and_gradients(weights, images, sizes, True)
    expect_close(logits, logits_by_hand(weights, images, 0), what="logits")


@pytest.mark.parametrize("n", [1, 2, 7])
def test_prediction(tensors, n):
    weight, bias = 2 * tensors(4, 3, dtype=torch.float64), tensors(4, dtype=torch.float64)
    images = tensors(n, 3, dtype=torch.float64)
    together, alone, modes, graph = predicted(weight, bias, images)
    z = images @ weight.T + bias
    expected = (z - z.logsumexp(dim=1, keepdim=True)).exp()
    expect_close(alone, expected, what="predict(model, image)")
    expect_close(together, expected, what="predict(model, images)")
    expect(
        not any(modes) and not graph,
        en="predict should work in eval mode and without a graph.",
        ja="predict は eval モードで、計算グラフを作らずに働くはずです。",
    )


@pytest.mark.parametrize("case", [((6, 4, 5, 2, 3), 5), ((6, 3, 2, 1, 2), 1)], ids=str)
def test_whole(tensors, seed, case):
    sizes, n = case
    weights = drawn(tensors, shapes_of(*sizes))
    images = tensors.strided(n, 2, 3, dtype=torch.float64)
    labels = tensors.integers(sizes[-1], n)
    leaves = {name: value.clone().requires_grad_() for name, value in weights.items()}
    expected = logits_by_hand(leaves, images, sizes[3])
    expected.square().sum().backward()
    for training in (False, True):
        logits, gradients = logits_and_gradients(weights, images, sizes, training)
        expect_close(logits, expected, what="logits")
        for name, leaf in leaves.items():
            expect_gradient(gradients[name], leaf.grad, what=f"{name}.grad", rtol=1e-6, atol=1e-8)
    # All samples in one batch, three steps with momentum.
    now, speed = weights, {name: torch.zeros_like(value) for name, value in weights.items()}
    for _step in range(3):
        leaves = {name: value.clone().requires_grad_() for name, value in now.items()}
        z = logits_by_hand(leaves, images, sizes[3])
        (z.logsumexp(dim=1) - z[range(n), labels]).mean().backward()
        speed = {name: 0.9 * speed[name] + leaf.grad for name, leaf in leaves.items()}
        now = {name: now[name] - RATE * speed[name] for name in now}
    came = trained(weights, images, labels, sizes, 0.0, 3, RATE, n, seed)
    for name, value in now.items():
        expect_close(came[name], value, what=f"train_model → {name}", rtol=1e-6, atol=1e-8)
    if n > 1:
        # In train mode dropout acts, and smaller batches make more steps, in an order of their own in each epoch.
        dropped = trained(weights, images, labels, sizes, 0.6, 3, RATE, n, seed)["stem.weight"]
        smaller = [trained(weights, images, labels, sizes, 0.0, 3, RATE, 2, seed + i)["stem.weight"] for i in range(3)]
        again = trained(weights, images, labels, sizes, 0.0, 3, RATE, 2, seed, 1)["stem.weight"]
        expect_close(again, smaller[0], what="train_model → stem.weight")
        expect(
            not any(torch.allclose(one, came["stem.weight"]) for one in (dropped, *smaller))
            and not (torch.equal(smaller[0], smaller[1]) and torch.equal(smaller[0], smaller[2])),
            en="train_model should train in train mode, in batches whose order is drawn from generator.",
            ja="train_model は train モードで、generator で選んだ順序のバッチで学習するはずです。",
        )


def test_digits(tensors, seed):
    images, labels = (torch.tensor(a) for a in load_digits(return_X_y=True))
    order = tensors.uniform(0, 1, len(labels)).argsort()
    images, labels = images[order].float().reshape(-1, 8, 8) / 16, labels[order]
    answers = labels[SEEN:]
    probabilities = digits_learned(images[:SEEN], labels[:SEEN], images[SEEN:], answers, seed)
    loss = -probabilities.double().clamp(min=1e-30).log()[range(len(answers)), answers].mean()
    expect_at_most(
        loss.item(),
        0.3,
        en="the cross-entropy on 400 digits not seen before",
        ja="未知の数字 400 枚での交差エントロピー",
    )

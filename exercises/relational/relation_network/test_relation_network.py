import pytest
import torch
from torch import nn
from torch.nn import functional as F

from tutor.testing import expect, expect_close, expect_gradient, expect_shape, probe

# (images, objects, numbers of an object, numbers of a question)
SIZES = ((1, 1, 3, 1), (1, 4, 4, 2), (3, 2, 5, 3), (2, 5, 3, 1))
HIDDEN, RELATION, ANSWERS = 6, 5, 3


def mlp(weights):
    """Linear, Tanh, Linear, with these weights."""
    (wide, given), out = weights["0.weight"].shape, weights["2.weight"].shape[0]
    kind = {"dtype": weights["0.weight"].dtype, "device": weights["0.weight"].device}
    module = nn.Sequential(nn.Linear(given, wide, **kind), nn.Tanh(), nn.Linear(wide, out, **kind))
    module.load_state_dict(weights)
    return module


def convolution(weights):
    kind = {"dtype": weights["weight"].dtype, "device": weights["weight"].device}
    module = nn.Conv2d(3, len(weights["weight"]), 3, stride=2, **kind)
    module.load_state_dict(weights)
    return module


def network_of(submission, weights):
    parts = convolution(weights["cnn"]), mlp(weights["g"]), mlp(weights["f"])
    return submission.RelationNetwork(*parts), parts


@probe
def related(submission, weights, objects, question):
    network, _ = network_of(submission, weights)
    return network.relate(objects, question)


@probe
def summed(submission, matrix, objects, question):
    """The same with a g that only multiplies by a matrix, and an f that changes nothing."""
    g = nn.Linear(matrix.shape[1], matrix.shape[0], bias=False, dtype=matrix.dtype, device=matrix.device)
    g.load_state_dict({"weight": matrix})
    return submission.RelationNetwork(nn.Identity(), g, nn.Identity()).relate(objects, question)


@probe
def answered(submission, weights, images, question):
    network, _ = network_of(submission, weights)
    return network(images, question)


@probe
def gradients(submission, weights, images, question, pull):
    """Logits, and the gradient of their weighted sum for each parameter of each part: None where none arrives."""
    network, parts = network_of(submission, weights)
    logits = network(images, question)
    if not isinstance(logits, torch.Tensor) or logits.shape != pull.shape or not logits.requires_grad:
        return logits, {}
    (logits * pull).sum().backward()
    named = zip(("cnn", "g", "f"), parts, strict=True)
    return logits, {f"{part}.{name}": p.grad for part, module in named for name, p in module.named_parameters()}


@probe
def registered(submission, weights):
    """Shapes of what an optimiser would receive, and whether each part still trains after eval()."""
    network, parts = network_of(submission, weights)
    network.eval()
    return [list(p.shape) for p in network.parameters()], [part.training for part in parts]


@probe
def inputs_of_g(submission, weights, objects, question):
    """The shape of each tensor that g was called on, beside what came out."""
    network, (_, g, _) = network_of(submission, weights)
    shapes = []
    g.register_forward_pre_hook(lambda _module, given: shapes.append(list(given[0].shape)))
    return network.relate(objects, question), shapes


def weights_for(tensors, channels, asked):
    """Weights of all three parts, in float64, for maps of some channels and questions of some numbers."""

    def layer(out, given, *window):
        return tensors(out, given, *window, dtype=torch.float64) / given**0.5, tensors(out, dtype=torch.float64)

    def two(given, out):
        (first, first_bias), (second, second_bias) = layer(HIDDEN, given), layer(out, HIDDEN)
        return {"0.weight": first, "0.bias": first_bias, "2.weight": second, "2.bias": second_bias}

    weight, bias = layer(channels, 3, 3, 3)
    return {
        "cnn": {"weight": weight / 3, "bias": bias},
        "g": two(2 * (channels + 2) + asked, RELATION),
        "f": two(RELATION, ANSWERS),
    }


def through(weights, x):
    return weights["2.weight"] @ (weights["0.weight"] @ x + weights["0.bias"]).tanh() + weights["2.bias"]


def expected_logits(weights, objects, question):
    """Image by image and pair by pair, as the equation stands."""
    logits = []
    for things, asked in zip(objects, question, strict=True):
        relations = [through(weights["g"], torch.cat((a, b, asked))) for a in things for b in things]
        logits.append(through(weights["f"], sum(relations)))
    return torch.stack(logits)


def expected_objects(weights, images):
    """The cells of the map, one after the other, with their coordinates."""
    features = F.conv2d(images, weights["weight"], weights["bias"], stride=2)
    rows, columns = features.shape[2:]
    cells = []
    for r in range(rows):
        for c in range(columns):
            place = torch.tensor([2 * c / (columns - 1) - 1, 2 * r / (rows - 1) - 1], dtype=features.dtype)
            cells.append(torch.cat((features[:, :, r, c], place.expand(len(features), 2)), dim=1))
    return torch.stack(cells, dim=1)


def draw(tensors, sizes):
    images, count, numbers, asked = sizes
    weights = weights_for(tensors, numbers - 2, asked)
    objects = tensors(images, count, numbers, dtype=torch.float64)
    return weights, objects, tensors(images, asked, dtype=torch.float64)


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_sum(tensors, sizes):
    images, count, numbers, asked = sizes
    matrix = tensors(4, 2 * numbers + asked, dtype=torch.float64)
    objects = tensors(images, count, numbers, dtype=torch.float64)
    question = tensors(images, asked, dtype=torch.float64)
    came = summed(matrix, objects, question)
    # A linear g: each object stands N times in front and N times behind, the question in all N * N pairs.
    front, behind, of_question = matrix.split((numbers, numbers, asked), dim=1)
    total = objects.sum(1)
    expected = count * total @ (front + behind).T + count**2 * question @ of_question.T
    expect_close(came, expected, what="relate(objects, question)")


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_answer(tensors, sizes):
    weights, objects, question = draw(tensors, sizes)
    expect_close(related(weights, objects, question), expected_logits(weights, objects, question), what="logits")


def test_order(tensors):
    weights, objects, question = draw(tensors, (2, 6, 4, 2))
    before = related(weights, objects, question)
    expect_shape(before, (2, ANSWERS), what="logits")
    for order in (torch.arange(5, -1, -1), tensors(6).argsort()):
        came = related(weights, objects[:, order], question)
        expect_close(came, before, what="logits", rtol=1e-7, atol=1e-7)


def test_question(tensors):
    weights, objects, question = draw(tensors, (4, 3, 4, 3))
    same = objects[:1].repeat(4, 1, 1)
    came = related(weights, same, question)
    expect_close(came, expected_logits(weights, same, question), what="logits")


def test_alone(tensors):
    weights, objects, question = draw(tensors, (3, 3, 4, 2))
    together = related(weights, objects, question)
    expect_shape(together, (3, ANSWERS), what="logits")
    for n in range(3):
        came = related(weights, objects[n : n + 1], question[n : n + 1])
        expect_close(came, together[n : n + 1], what="logits", rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("side", [(7, 9), (5, 11)], ids=str)
def test_forward(tensors, side):
    weights, _, question = draw(tensors, (2, 1, 5, 3))
    images = tensors(2, 3, *side, dtype=torch.float64)
    objects = expected_objects(weights["cnn"], images)
    expect_close(answered(weights, images, question), expected_logits(weights, objects, question), what="logits")


def test_gradients(tensors):
    weights, _, question = draw(tensors, (2, 1, 5, 3))
    images, pull = tensors(2, 3, 7, 5, dtype=torch.float64), tensors(2, ANSWERS, dtype=torch.float64)
    came, arrived = gradients(weights, images, question, pull)
    expect_shape(came, (2, ANSWERS), what="logits")
    leaves = {f"{part}.{name}": w.requires_grad_() for part, named in weights.items() for name, w in named.items()}
    logits = expected_logits(weights, expected_objects(weights["cnn"], images), question)
    expected = torch.autograd.grad((logits * pull).sum(), list(leaves.values()))
    for name, gradient in zip(leaves, expected, strict=True):
        expect_gradient(arrived.get(name), gradient, what=f"∂ Σ weights · logits / ∂ {name}")


def test_modules(tensors):
    weights, _, _ = draw(tensors, (1, 1, 4, 2))
    shapes, training = registered(weights)
    expected = sorted(list(w.shape) for named in weights.values() for w in named.values())
    expect(
        sorted(shapes) == expected,
        en="parameters() should give the {expected} tensors of cnn, g and f, each once, and nothing else; it gives "
        "{came}.",
        ja="parameters() は cnn、g、f の {expected} 個のテンソルだけを 1 回ずつ返すはずですが、返ってきたのは "
        "{came} 個です。",
        expected=len(expected),
        came=len(shapes),
    )
    expect(
        training == [False, False, False],
        en="After eval(), a part is still in training mode: the network does not know it as a module of its own.",
        ja="eval() のあとも学習モードのままの部分があります。ネットワークがその部分を自分のモジュールとして"
        "認識していません。",
    )


def test_one_call(tensors):
    weights, objects, question = draw(tensors, (2, 5, 4, 2))
    came, shapes = inputs_of_g(weights, objects, question)
    expect_shape(came, (2, ANSWERS), what="logits")
    expect(
        len(shapes) == 1,
        en="g was called {calls} times for 2 images with 5 objects each. One call can take all 2 · 25 pairs.",
        ja="物体が 5 個ずつある画像 2 枚に対して、g が {calls} 回呼び出されました。2 · 25 個の組は 1 回の呼び出しで"
        "処理できます。",
        calls=len(shapes),
    )
    rows = torch.Size(shapes[0][:-1]).numel()
    expect(
        rows == 50,
        en="g should see the 2 · 25 pairs of 2 images with 5 objects each, but it was called on {rows} rows.",
        ja="物体が 5 個ずつある画像 2 枚では、g に渡す組は 2 · 25 個のはずですが、{rows} 行が渡されました。",
        rows=rows,
    )

import math
from itertools import pairwise

import pytest
import torch
from torch.nn import functional as F

from tutor.testing import expect, expect_close, expect_gradient, expect_shape, probe

# Kernel 4 and padding 1 throughout; the published network.
STRIDES = (2, 2, 2, 1, 1)


@probe
def judged(submission, images, width):
    """What an untrained discriminator says of the images."""
    torch.manual_seed(0)
    return submission.Discriminator(images.shape[1], width).to(images.device, images.dtype)(images)


@probe
def parameter_shapes(submission, *sizes):
    with torch.device("meta"):  # shapes alone
        model = submission.Discriminator(*sizes)
    return [tuple(parameter.shape) for parameter in model.parameters()]


def loaded(submission, images, width, weights):
    """A discriminator with these weights; None where it has parameters of other shapes."""
    model = submission.Discriminator(channels=images.shape[1], width=width).to(images.device, images.dtype)
    parameters = list(model.parameters())
    if [p.shape for p in parameters] != [w.shape for w in weights]:
        return None
    with torch.no_grad():
        for parameter, weight in zip(parameters, weights, strict=True):
            parameter.copy_(weight)
    return model


@probe
def judged_with(submission, images, width, weights):
    model = loaded(submission, images, width, weights)
    return None if model is None else model(images)


@probe
def judged_again(submission, images, width, weights):
    """One by one, all at once, and all at once in evaluation mode."""
    model = loaded(submission, images, width, weights)
    if model is None:
        return None
    alone = torch.cat([model(image.unsqueeze(0)) for image in images])
    return alone, model(images), model.eval()(images)


@probe
def gradients(submission, images, width, weights):
    model = loaded(submission, images, width, weights)
    if model is None:
        return None
    images.requires_grad_()
    model(images).square().mean().backward()
    return images.grad, [parameter.grad for parameter in model.parameters()]


@probe
def fields(submission, lists):
    return [submission.receptive_field([tuple(layer) for layer in layers]) for layers in lists]


def table(channels, width):
    """Shapes of weights and biases, from the first layer to the last."""
    sizes = [channels, width, 2 * width, 4 * width, 8 * width, 1]
    return [shape for a, b in pairwise(sizes) for shape in ((b, a, 4, 4), (b,))]


def drawn(tensors, channels, width):
    weights = []
    for shape in table(channels, width):
        scale = 1.5 / math.sqrt(math.prod(shape[1:])) if len(shape) > 1 else 0.3
        weights.append(scale * tensors(*shape, dtype=torch.float64))
    return weights


def by_the_table(x, weights, slope=0.2, dims=(2, 3), normed=(1, 2, 3)):
    """The map for these weights; the options are what people make of it."""
    for layer, stride in enumerate(STRIDES):
        x = F.conv2d(F.pad(x, (1, 1, 1, 1)), weights[2 * layer], weights[2 * layer + 1], stride=stride)
        if layer in normed:
            centred = x - x.mean(dims, keepdim=True)
            x = centred / (centred.square().mean(dims, keepdim=True) + 1e-5).sqrt()
        if layer < 4:
            x = x.clamp(min=0) + slope * x.clamp(max=0)
    return x


def side(n):
    for stride in STRIDES:
        n = (n + 2 - 4) // stride + 1
    return n


SLIPS = (
    (
        {"normed": (0, 1, 2, 3)},
        "The values are those of a norm behind the first convolution as well. The table has none there.",
        "最初の畳み込みのあとにも正規化があるときの値です。表では、そこに正規化はありません。",
    ),
    (
        {"normed": (1, 2)},
        "The values are those without a norm behind the fourth convolution, the one to 8w channels.",
        "4 つ目（8w チャネルへの畳み込み）のあとに正規化がないときの値です。",
    ),
    (
        {"normed": ()},
        "The values are those without any norm.",
        "正規化がまったくないときの値です。",
    ),
    (
        {"dims": (0, 2, 3)},
        "The values are those of norms over the whole batch. An instance norm takes each image and channel by itself.",
        "バッチ全体で正規化したときの値です。インスタンス正規化は、画像ごと、チャネルごとに行います。",
    ),
    (
        {"slope": 0.01},
        "The values are those of the slope 0.01, the default of nn.LeakyReLU. The table asks for 0.2.",
        "負の側の傾きが nn.LeakyReLU の既定値 0.01 のときの値です。表では 0.2 です。",
    ),
    (
        {"slope": 0.0},
        "The values are those of a ReLU: nothing passes for negative values. The table asks for the slope 0.2.",
        "負の値を 0 にする ReLU の値です。表では、負の側の傾きは 0.2 です。",
    ),
)


def has_parameters(came):
    expect(
        came is not None,
        en="The parameters are not those of the table, so no weights could be given to this discriminator. "
        "The requirement on the layers says more.",
        ja="パラメータが表と異なるため、この識別器に重みを与えられませんでした。"
        "層についての要件を先に確かめてください。",
    )
    return came


def test_map(tensors):
    for n, channels, height, width in ((1, 3, 256, 256), (2, 1, 32, 32), (1, 4, 45, 70), (3, 3, 39, 64)):
        came = judged(tensors(n, channels, height, width), 2)
        expect_shape(came, (n, 1, side(height), side(width)), what=f"output ({height} × {width})")


def test_parameters(tensors):
    for sizes in ((), (1,), (3, 8), (1, 5)):
        came, expected = parameter_shapes(*sizes), table(*(*sizes, *(3, 64)[len(sizes) :]))
        name = f"Discriminator({', '.join(map(str, sizes))})"
        count, right = (sum(math.prod(shape) for shape in shapes) for shapes in (came, expected))
        expect(
            count == right,
            en="{name} should have {right:,} parameters in {expected} tensors, but it has {count:,} in {came}.",
            ja="{name} のパラメータは {right:,} 個（テンソル {expected} 個）のはずですが、{count:,} "
            "個（テンソル {came} 個）です。",
            name=name,
            right=right,
            count=count,
            expected=len(expected),
            came=len(came),
        )
        expect(
            came == expected,
            en="{name} has as many parameters as it should, but not in the order of the table: parameters() "
            "gives {came}.",
            ja="{name} のパラメータの個数は合っていますが、表の順に並んでいません。parameters() は {came} を返します。",
            name=name,
            came=came,
        )


@pytest.mark.parametrize("shape", [(2, 3, 32, 40), (1, 1, 37, 50)], ids=str)
def test_values(tensors, shape):
    images, weights = tensors.strided(*shape, dtype=torch.float64), drawn(tensors, shape[1], 2)
    came = has_parameters(judged_with(images, 2, weights))
    expected = by_the_table(images, weights)
    expect_shape(came, tuple(expected.shape))
    for options, en, ja in SLIPS:
        slip = by_the_table(images, weights, **options)
        # Of a single image a norm over the batch is the right one.
        expect(not (shape[0] > 1 and came.dtype == slip.dtype and torch.allclose(came, slip, rtol=1e-6)), en=en, ja=ja)
    expect_close(came, expected, what="output")


def test_unbounded(tensors):
    images, weights = tensors(2, 2, 36, 32, dtype=torch.float64), drawn(tensors, 2, 3)
    once = has_parameters(judged_with(images, 3, weights))
    twice = has_parameters(judged_with(images, 3, [*weights[:-2], 2 * weights[-2], 2 * weights[-1]]))
    expect_shape(once, (2, 1, side(36), side(32)))
    expect(
        once.std().item() > 1e-3,
        en="The map has the same value everywhere: it says nothing about the patches.",
        ja="マップの値がどこも同じです。パッチについて何も伝えていません。",
    )
    expect_close(twice, 2 * once, what="logits")


def test_alone(tensors):
    images, weights = tensors(3, 2, 32, 40, dtype=torch.float64), drawn(tensors, 2, 2)
    images[1] = 4 * images[1] + 2
    alone, together, evaluated = has_parameters(judged_again(images, 2, weights))
    expect_shape(alone, (3, 1, side(32), side(40)))
    expect_close(together, alone, what="model(images)")
    expect_close(evaluated, alone, what="model.eval()(images)")
    expected = torch.cat([by_the_table(image.unsqueeze(0), weights) for image in images])
    expect_close(alone, expected, what="model(images[:1])")


def test_gradient(tensors):
    images, weights = tensors(2, 1, 32, 36, dtype=torch.float64), drawn(tensors, 1, 2)
    of_images, of_weights = has_parameters(gradients(images, 2, weights))
    inputs = [tensor.clone().requires_grad_() for tensor in (images, *weights)]
    expected = torch.autograd.grad(by_the_table(inputs[0], inputs[1:]).square().mean(), inputs)
    expect_gradient(of_images, expected[0], what="x.grad", rtol=1e-5, atol=1e-9)
    for number, (came, right) in enumerate(zip(of_weights, expected[1:], strict=True)):
        expect_gradient(came, right, what=f"parameters()[{number}].grad", rtol=1e-5, atol=1e-9)


def measured(layers):
    """By trying: how many inputs in a row have an influence on one value behind convolutions of ones."""
    x = torch.ones(1, 1, 700, dtype=torch.float64, requires_grad=True)
    y = x
    for kernel, stride in layers:
        y = F.conv1d(y, torch.ones(1, 1, kernel, dtype=torch.float64), stride=stride)
        y = y / y.detach()
    y[0, 0, 0].backward()
    return int((x.grad != 0).sum())


def test_receptive_field(tensors):
    lists = [[(4, stride) for stride in STRIDES], [], [(7, 1)], [(3, 3), (1, 1), (3, 2)], [(4, 2), (4, 1), (4, 1)]]
    for _ in range(6):
        length = 2 + tensors.choice((0, 1, 2))
        lists.append(
            [(stride + tensors.choice((0, 1, 3)), stride) for stride in (tensors.integers(3, length) + 1).tolist()]
        )
    for layers, came in zip(lists, fields(lists), strict=True):
        expect(
            isinstance(came, int) and not isinstance(came, bool),
            en="receptive_field should return a whole number, but it returned {came!r}.",
            ja="receptive_field は整数を返すはずですが、返ってきたのは {came!r} です。",
            came=came,
        )
        expect(
            came == measured(layers),
            en="For the (kernel, stride) pairs {layers} one value sees {right} pixels in a row; "
            "receptive_field says {came}.",
            ja="(カーネル, ストライド) が {layers} のとき、1 つの値が見る画素は 1 列に {right} 個ですが、"
            "receptive_field の答えは {came} です。",
            layers=layers,
            right=measured(layers),
            came=came,
        )

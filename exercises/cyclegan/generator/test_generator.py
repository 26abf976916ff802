import math

import pytest
import torch
from torch.nn import functional as F

from tutor.testing import expect, expect_close, expect_gradient, expect_shape, probe

SHAPES = ((1, 3, 16, 16), (2, 3, 8, 8), (1, 3, 20, 8), (3, 1, 12, 28), (2, 4, 32, 20))


@probe
def translated(submission, images, width, blocks):
    """The images that an untrained generator makes."""
    torch.manual_seed(0)
    model = submission.Generator(images.shape[1], width, blocks).to(images.device, images.dtype)
    return model(images)


@probe
def parameter_shapes(submission, *sizes):
    with torch.device("meta"):  # shapes alone: nobody has to draw 11 million numbers
        model = submission.Generator(*sizes)
    return [tuple(parameter.shape) for parameter in model.parameters()]


def loaded(submission, images, width, blocks, weights):
    """A generator with these weights; None where it has parameters of other shapes."""
    model = submission.Generator(channels=images.shape[1], width=width, blocks=blocks).to(images.device, images.dtype)
    parameters = list(model.parameters())
    if [p.shape for p in parameters] != [w.shape for w in weights]:
        return None
    with torch.no_grad():
        for parameter, weight in zip(parameters, weights, strict=True):
            parameter.copy_(weight)
    return model


@probe
def translated_with(submission, images, width, blocks, weights):
    model = loaded(submission, images, width, blocks, weights)
    return None if model is None else model(images)


@probe
def translated_again(submission, batches, images, width, blocks, weights):
    """One by one in training mode after other batches, all at once, and in evaluation mode."""
    model = loaded(submission, images, width, blocks, weights)
    if model is None:
        return None
    with torch.no_grad():
        for batch in batches:
            model(batch)
        alone = torch.cat([model(image.unsqueeze(0)) for image in images])
        together = model(images)
        return alone, together, model.eval()(images)


@probe
def gradients(submission, images, upstream, width, blocks, weights):
    model = loaded(submission, images, width, blocks, weights)
    if model is None:
        return None
    images.requires_grad_()
    (model(images) * upstream).sum().backward()
    return images.grad, [parameter.grad for parameter in model.parameters()]


def table(channels, width, blocks):
    """Shapes of weights and biases, from the first layer to the last."""
    w, inner = width, 4 * width
    convolutions = [(w, channels, 7, 7), (2 * w, w, 3, 3), (inner, 2 * w, 3, 3)]
    convolutions += [(inner, inner, 3, 3)] * (2 * blocks)
    shapes = [shape for conv in convolutions for shape in (conv, conv[:1])]
    for grow in ((inner, 2 * w, 3, 3), (2 * w, w, 3, 3)):
        shapes += [grow, grow[1:2]]
    return [*shapes, (channels, w, 7, 7), (channels,)]


def drawn(tensors, channels, width, blocks):
    """Weights that leave no layer without effect; biases too, though most of them stand before a norm."""
    weights = []
    for shape in table(channels, width, blocks):
        scale = 1.5 / math.sqrt(math.prod(shape[1:])) if len(shape) > 1 else 0.3
        weights.append(scale * tensors(*shape, dtype=torch.float64))
    return weights


def padded(x, size, mode="reflect"):
    if mode != "reflect":
        return F.pad(x, (size,) * 4, mode=mode)
    for dim in (2, 3):
        n = x.shape[dim]
        index = torch.arange(-size, n + size).abs()
        x = x.index_select(dim, torch.where(index < n, index, 2 * (n - 1) - index))
    return x


def normalised(x, dims=(2, 3)):
    centred = x - x.mean(dims, keepdim=True)
    return centred / (centred.square().mean(dims, keepdim=True) + 1e-5).sqrt()


def grown(x, weight, bias):
    """A transposed convolution: zeros between the values, then an ordinary one with the kernel turned round."""
    spread = x.new_zeros(*x.shape[:2], 2 * x.shape[2] + 2, 2 * x.shape[3] + 2)
    spread[:, :, 1:-1:2, 1:-1:2] = x
    return F.conv2d(spread, weight.transpose(0, 1).flip(2, 3), bias)


def by_the_table(
    x, weights, blocks, padding="reflect", dims=(2, 3), skip=True, relu_last=False, second=True, head=None
):
    """The output for these weights; the options are what people make of it."""
    queue = iter(weights)

    def take():
        return next(queue), next(queue)

    x = normalised(F.conv2d(padded(x, 3, padding), *take()), dims).relu()
    for _down in range(2):
        x = normalised(F.conv2d(x, *take(), stride=2, padding=1), dims).relu()
    for _block in range(blocks):
        y = normalised(F.conv2d(padded(x, 1, padding), *take()), dims).relu()
        y = F.conv2d(padded(y, 1, padding), *take())
        y = normalised(y, dims) if second else y
        x = x + y if skip else y
        x = x.relu() if relu_last else x
    for _up in range(2):
        x = normalised(grown(x, *take()), dims).relu()
    return (head or torch.tanh)(F.conv2d(padded(x, 3, padding), *take()))


SLIPS = (
    (
        {"padding": "constant"},
        "The values are those of zeros round the image. The 7×7 convolutions and the blocks pad by reflection.",
        "画像のまわりを 0 で埋めたときの値です。7×7 の畳み込みと残差ブロックは、反射パディングを使います。",
    ),
    (
        {"padding": "replicate"},
        "The values are those of repeated border pixels. Reflection mirrors the image at its border, without "
        "repeating it.",
        "端の画素を繰り返したときの値です。反射パディングは画像を端で折り返し、端の画素自体は繰り返しません。",
    ),
    (
        {"dims": (0, 2, 3)},
        "The values are those of norms over the whole batch. An instance norm takes each image and channel by itself.",
        "バッチ全体で正規化したときの値です。インスタンス正規化は、画像ごと、チャネルごとに行います。",
    ),
    (
        {"relu_last": True},
        "The values are those of a ReLU after the sum of a block. The sum goes on as it is.",
        "残差ブロックの和のあとに ReLU をかけたときの値です。和はそのまま次へ渡します。",
    ),
    (
        {"skip": False},
        "The values are those of blocks without a skip connection: the input of a block is not added to its output.",
        "スキップ接続のないブロックの値です。ブロックの入力が出力に足されていません。",
    ),
    (
        {"second": False},
        "The values are those of blocks whose second convolution has no norm behind it.",
        "ブロックの 2 つ目の畳み込みのあとに正規化がないときの値です。",
    ),
)


def has_parameters(came):
    expect(
        came is not None,
        en="The parameters are not those of the table, so no weights could be given to this generator. "
        "The requirement on the layers says more.",
        ja="パラメータが表と異なるため、この生成器に重みを与えられませんでした。"
        "層についての要件を先に確かめてください。",
    )
    return came


def test_shape(tensors):
    for shape in SHAPES:
        expect_shape(translated(tensors(*shape), 4, 2), shape, what=f"Generator({shape[1]}, 4, 2)(x)")
    expect_shape(translated(tensors.strided(2, 3, 12, 16), 4, 1), (2, 3, 12, 16), what="output")


def test_parameters(tensors):
    for sizes in ((), (1,), (3, 8), (1, 4, 6), (4, 2, 1)):
        came, expected = parameter_shapes(*sizes), table(*(*sizes, *(3, 64, 9)[len(sizes) :]))
        name = f"Generator({', '.join(map(str, sizes))})"
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
        differ = [i for i, (a, b) in enumerate(zip(came, expected, strict=False)) if a != b]
        if len(came) != len(expected):
            differ.append(min(len(came), len(expected)))
        expect(
            not differ,
            en="{name} has as many parameters as it should, but not in the order of the table: "
            "the first other one is number {at} of parameters().",
            ja="{name} のパラメータの個数は合っていますが、表の順に並んでいません。parameters() の {at} "
            "番目から異なります。",
            name=name,
            at=differ[0] + 1 if differ else 0,
        )


def test_range(tensors):
    images, weights = tensors(3, 2, 12, 16, dtype=torch.float64), drawn(tensors, 2, 3, 1)
    weights[-2] *= 20
    came = has_parameters(translated_with(images, 3, 1, weights))
    expect_shape(came, (3, 2, 12, 16))
    low, high = came.min().item(), came.max().item()
    expect(
        -1 <= low < -0.5 and 0.5 < high <= 1,
        en="With large weights the output should fill the range from −1 to 1, but it runs from {low:.3g} to "
        "{high:.3g}.",
        ja="大きな重みでは出力が −1 から 1 の範囲いっぱいに広がるはずですが、{low:.3g} から {high:.3g} "
        "になっています。",
        low=low,
        high=high,
    )


@pytest.mark.parametrize("blocks", [1, 3])
def test_values(tensors, blocks):
    for shape in ((2, 3, 8, 12), (1, 1, 16, 8)):
        images, weights = tensors.strided(*shape, dtype=torch.float64), drawn(tensors, shape[1], 3, blocks)
        came = has_parameters(translated_with(images, 3, blocks, weights))
        expect_shape(came, shape)
        for options, en, ja in SLIPS:
            slip = by_the_table(images, weights, blocks, **options)
            if came.dtype == slip.dtype and torch.allclose(came, slip, rtol=1e-6) and shape[0] > 1:
                expect(False, en=en, ja=ja)
        expect_close(came, by_the_table(images, weights, blocks), what="output")


def test_alone(tensors):
    images, weights = tensors(3, 2, 12, 8, dtype=torch.float64), drawn(tensors, 2, 2, 2)
    batches = [5 * tensors(2, 2, 8, 8, dtype=torch.float64) + 3 for _ in range(2)]
    alone, together, evaluated = has_parameters(translated_again(batches, images, 2, 2, weights))
    expect_shape(alone, (3, 2, 12, 8))
    expect_close(together, alone, what="model(images)")
    expect_close(evaluated, alone, what="model.eval()(images)")
    expected = torch.cat([by_the_table(image.unsqueeze(0), weights, 2) for image in images])
    expect_close(alone, expected, what="model(images[:1])")


def test_gradient(tensors):
    images, upstream = tensors(2, 1, 8, 12, dtype=torch.float64), tensors(2, 1, 8, 12, dtype=torch.float64)
    weights = drawn(tensors, 1, 2, 2)
    of_images, of_weights = has_parameters(gradients(images, upstream, 2, 2, weights))
    inputs = [tensor.clone().requires_grad_() for tensor in (images, *weights)]
    loss = (by_the_table(inputs[0], inputs[1:], 2) * upstream).sum()
    expected = torch.autograd.grad(loss, inputs)
    expect_gradient(of_images, expected[0], what="x.grad", rtol=1e-5, atol=1e-8)
    for number, (came, right) in enumerate(zip(of_weights, expected[1:], strict=True), start=1):
        expect_gradient(came, right, what=f"parameters()[{number - 1}].grad", rtol=1e-5, atol=1e-8)

import pytest
import torch
from torch.nn import functional as F

from tutor.testing import describe, expect, expect_close, expect_gradient, expect_shape, probe

PARTS = ("adversarial", "cycle", "identity")
SHAPES = (((1, 3, 8, 8), (1, 3, 8, 8)), ((4, 1, 6, 10), (4, 1, 6, 10)), ((2, 2, 12, 8), (2, 2, 12, 8)))


def network(weight, bias, stride=1):
    """A convolution and a bend: enough of a generator, or of a discriminator, to be told from any other."""

    def apply(images):
        y = F.conv2d(images, weight, bias, stride=stride, padding=1)
        return y + 0.5 * torch.sin(y)

    return apply


def models_of(weights):
    """g, f, d_x and d_y."""
    return [network(*weights[name], stride=1 if name in "gf" else 2) for name in ("g", "f", "d_x", "d_y")]


@probe
def losses_of(submission, weights, x, y, *loss_weights):
    return submission.generator_losses(*models_of(weights), x, y, *loss_weights)


@probe
def losses_weighed(submission, weights, x, y, cycle_weight, identity_weight):
    models = models_of(weights)
    return submission.generator_losses(*models, x, y, cycle_weight=cycle_weight, identity_weight=identity_weight)


@probe
def gradients_of(submission, weights, x, y):
    """What came, and of each tensor in it the gradients of g's and of f's weight and bias; None where none arrives."""
    parameters = [tensor.requires_grad_() for name in ("g", "f") for tensor in weights[name]]
    came = submission.generator_losses(*models_of(weights), x, y)
    gradients = {}
    for name, value in came.items() if isinstance(came, dict) else ():
        if isinstance(value, torch.Tensor) and value.requires_grad:
            gradients[name] = list(torch.autograd.grad(value, parameters, retain_graph=True, allow_unused=True))
    return came, gradients


@probe
def discriminator_loss_of(submission, weights, real, fake):
    weight, bias = (tensor.requires_grad_() for tensor in weights)
    loss = submission.discriminator_loss(network(weight, bias, 2), real, fake)
    loss.backward()
    return loss, weight.grad, bias.grad


@probe
def discriminator_loss_after_a_translation(submission, weights, x, real):
    """The gradient that the generator's weight receives from the loss, and then the one from the translation."""
    weight, bias = weights["g"]
    weight.requires_grad_()
    for tensor in weights["d_y"]:
        tensor.requires_grad_()
    fake = network(weight, bias)(x)
    loss = submission.discriminator_loss(network(*weights["d_y"], 2), real, fake)
    loss.backward(retain_graph=True)
    from_loss, weight.grad = weight.grad, None
    if fake.requires_grad:
        fake.sum().backward()
    return from_loss, weight.grad, weights["d_y"][0].grad


def drawn(tensors, channels):
    """Weights and biases of two generators and two discriminators."""

    def pair(out):
        scale = 1 / (3 * channels**0.5)
        return [scale * tensors(out, channels, 3, 3, dtype=torch.float64), tensors(out, dtype=torch.float64) / 2]

    return {"g": pair(channels), "f": pair(channels), "d_x": pair(1), "d_y": pair(1)}


def images(tensors, shape):
    return tensors.strided(*shape, dtype=torch.float64)


def by_the_equations(weights, x, y, cycle_weight=10.0, identity_weight=5.0):
    """Each part, and the total, as sums over single values divided by how many there are."""
    g, f, d_x, d_y = models_of(weights)

    def square(logits):
        return torch.sum(logits * logits - 2 * logits + 1) / logits.numel()

    def distance(a, b):
        return torch.sum(torch.maximum(a - b, b - a)) / a.numel()

    parts = {
        "adversarial": square(d_y(g(x))) + square(d_x(f(y))),
        "cycle": cycle_weight * distance(f(g(x)), x) + cycle_weight * distance(g(f(y)), y),
        "identity": identity_weight * distance(g(y), y) + identity_weight * distance(f(x), x),
    }
    return {**parts, "total": parts["adversarial"] + parts["cycle"] + parts["identity"]}


def checked(came):
    expect(
        isinstance(came, dict) and set(came) == {*PARTS, "total"},
        en='generator_losses should return a dict with the keys "adversarial", "cycle", "identity" and "total", '
        "but it returned {came}.",
        ja='generator_losses は "adversarial"、"cycle"、"identity"、"total" をキーにもつ dict を返すはずですが、'
        "返ってきたのは {came} です。",
        came=describe(came),
    )
    return came


def check_part(tensors, name):
    for x_shape, y_shape in SHAPES:
        weights, x, y = drawn(tensors, x_shape[1]), images(tensors, x_shape), images(tensors, y_shape)
        came, expected = checked(losses_of(weights, x, y)), by_the_equations(weights, x, y)
        expect_shape(came[name], (), what=f'losses["{name}"]')
        expect_close(came[name], expected[name], what=f'losses["{name}"]')


def test_adversarial(tensors):
    check_part(tensors, "adversarial")


def test_cycle(tensors):
    check_part(tensors, "cycle")


def test_identity(tensors):
    check_part(tensors, "identity")


def test_total(tensors):
    weights, x, y = drawn(tensors, 3), images(tensors, (2, 3, 8, 6)), images(tensors, (2, 3, 8, 6))
    for pair in ((), (10.0, 5.0), (1.0, 0.0), (0.0, 3.0), (7.0, 0.5)):
        came, expected = checked(losses_of(weights, x, y, *pair)), by_the_equations(weights, x, y, *pair)
        for name in (*PARTS, "total"):
            expect_close(came[name], expected[name], what=f'losses["{name}"] {pair or ""}'.strip())
    came = checked(losses_weighed(weights, x, y, 2.0, 4.0))
    expected = by_the_equations(weights, x, y, 2.0, 4.0)
    expect_close(came["total"], expected["total"], what='losses["total"]')
    expect_close(sum(came[name] for name in PARTS), came["total"], what='"adversarial" + "cycle" + "identity"')


@pytest.mark.parametrize("shape", [(1, 2, 8, 8), (3, 3, 6, 8)], ids=str)
def test_gradients(tensors, shape):
    weights, x, y = drawn(tensors, shape[1]), images(tensors, shape), images(tensors, shape)
    came, gradients = gradients_of(weights, x, y)
    checked(came)
    parameters = [tensor.requires_grad_() for name in ("g", "f") for tensor in weights[name]]
    for name, value in by_the_equations(weights, x, y).items():
        expected = torch.autograd.grad(value, parameters, retain_graph=True)
        received = gradients.get(name, [None] * 4)
        for parameter, got, right in zip(("g.weight", "g.bias", "f.weight", "f.bias"), received, expected, strict=True):
            expect_gradient(got, right, what=f'∂ losses["{name}"] / ∂ {parameter}')


def test_unpaired(tensors):
    for x_shape, y_shape in (((3, 2, 8, 6), (1, 2, 8, 6)), ((2, 1, 6, 12), (4, 1, 10, 8))):
        weights, x, y = drawn(tensors, x_shape[1]), images(tensors, x_shape), images(tensors, y_shape)
        came, expected = checked(losses_of(weights, x, y)), by_the_equations(weights, x, y)
        for name in (*PARTS, "total"):
            expect_close(came[name], expected[name], what=f'losses["{name}"]')


def test_discriminator(tensors):
    for real_shape, fake_shape in (((1, 3, 8, 8), (1, 3, 8, 8)), ((4, 2, 6, 10), (2, 2, 8, 6))):
        weights = drawn(tensors, real_shape[1])["d_x"]
        real, fake = images(tensors, real_shape), images(tensors, fake_shape)
        loss, of_weight, of_bias = discriminator_loss_of(weights, real, fake)
        inputs = [tensor.clone().requires_grad_() for tensor in weights]
        judge = network(*inputs, 2)
        on_real, on_fake = judge(real), judge(fake)
        # Expanded, and so another formula: (l − 1)² = l² − 2l + 1.
        expected = (on_real.pow(2).mean() - 2 * on_real.mean() + 1 + on_fake.pow(2).mean()) / 2
        expect_shape(loss, (), what="loss")
        expect_close(loss, expected, what="loss")
        for what, came, right in zip(
            ("weight.grad", "bias.grad"), (of_weight, of_bias), torch.autograd.grad(expected, inputs), strict=True
        ):
            expect_gradient(came, right, what=what)


def test_detached(tensors):
    weights, x, real = drawn(tensors, 2), images(tensors, (2, 2, 8, 8)), images(tensors, (2, 2, 8, 8))
    from_loss, from_translation, of_discriminator = discriminator_loss_after_a_translation(weights, x, real)
    expect(
        from_loss is None or (isinstance(from_loss, torch.Tensor) and not bool(from_loss.any())),
        en="The loss of the discriminator sent a gradient into the generator. Cut the fake images off before the "
        "discriminator sees them.",
        ja="識別器の損失の勾配が生成器まで届いています。偽の画像は、識別器に渡す前に計算グラフから切り離してください。",
    )
    inner = weights["g"][0].requires_grad_()
    expected = torch.autograd.grad(network(inner, weights["g"][1])(x).sum(), inner)[0]
    expect(
        from_translation is not None,
        en="After discriminator_loss the fake images have lost their graph: the generator could not be trained on them "
        "any more. detach() makes a new tensor, detach_() changes the one that was given.",
        ja="discriminator_loss を呼んだあと、偽の画像の計算グラフが失われています。これでは生成器を学習できません。"
        "detach() は新しいテンソルを作り、detach_() は渡されたテンソル自身を変えます。",
    )
    expect_gradient(from_translation, expected, what="∂ fake / ∂ g.weight")
    expect_shape(of_discriminator, tuple(weights["d_y"][0].shape), what="d_y.weight.grad")

import itertools

import pytest
import torch

from tutor.testing import describe, expect, expect_close, expect_gradient, expect_shape, probe

# (noise_size, hidden, side): every layer of another size, so that no two can be confused.
SIZES = ((16, 64, 8), (5, 11, 3), (1, 6, 2))


@probe
def generated(submission, sizes, z, device):
    """Images from ``z`` by a fresh generator, and its parameters by name."""
    noise_size, hidden, side = sizes
    model = submission.Generator(noise_size=noise_size, hidden=hidden, side=side).to(device)
    return model(z.to(device)), dict(model.named_parameters())


@probe
def judged(submission, sizes, images, device):
    """Logits for ``images`` by a fresh discriminator, and its parameters by name."""
    _, hidden, side = sizes
    model = submission.Discriminator(side=side, hidden=hidden).to(device)
    return model(images.to(device)), dict(model.named_parameters())


@probe
def default_parameters(submission):
    return [
        [tuple(parameter.shape) for parameter in model.parameters()]
        for model in (submission.Generator(), submission.Discriminator(), submission.Generator(3, 5, 4))
    ] + [[tuple(parameter.shape) for parameter in submission.Discriminator(4, 5).parameters()]]


@probe
def chain(submission, sizes, z, device):
    """Gradients of the summed logits of generated images: for the noise, for the generator, for the discriminator."""
    noise_size, hidden, side = sizes
    generator = submission.Generator(noise_size=noise_size, hidden=hidden, side=side).double().to(device)
    discriminator = submission.Discriminator(side=side, hidden=hidden).double().to(device)
    z = z.to(device).requires_grad_()
    logits = discriminator(generator(z))
    made, judges = dict(generator.named_parameters()), dict(discriminator.named_parameters())
    if logits.requires_grad:
        logits.sum().backward()
    return z.grad, made, [p.grad for p in made.values()], judges, [p.grad for p in judges.values()]


def shapes_of(*sizes):
    """Of the weights and biases of linear layers between these sizes."""
    return [shape for a, b in itertools.pairwise(sizes) for shape in ((b, a), (b,))]


def expect_layers(shapes, sizes, name):
    expected = shapes_of(*sizes)
    expect(
        sorted(shapes) == sorted(expected),
        en="{name} should have {count} parameters in tensors of shapes {expected}, but it has {came} in {shapes}.",
        ja="{name} のパラメータは {count} 個（テンソルの形状は {expected}）"
        "のはずですが、{came} 個（形状は {shapes}）です。",
        name=name,
        count=sum(torch.Size(shape).numel() for shape in expected),
        expected=expected,
        came=sum(torch.Size(shape).numel() for shape in shapes),
        shapes=shapes,
    )


def matched(named, sizes, name):
    """Weight and bias of each layer in the order of the equations, in whatever order they were registered.

    A weight is known by its shape, a bias by standing beside its weight, as in an nn.Linear; else by its shape as well.
    """
    expect_layers([tuple(parameter.shape) for parameter in named.values()], sizes, name)
    key_of = {tuple(parameter.shape): key for key, parameter in named.items() if parameter.dim() == 2}
    waiting = [key for key, parameter in named.items() if parameter.dim() == 1]
    layers = []
    for a, b in itertools.pairwise(sizes):
        key = key_of[b, a]
        fitting = [other for other in waiting if tuple(named[other].shape) == (b,)]
        beside = f"{key.removesuffix('weight')}bias"
        bias = beside if beside in fitting else fitting[0]
        waiting.remove(bias)
        layers.append((named[key], named[bias]))
    return layers


def images_from(z, layers):
    x = z
    for number, (weight, bias) in enumerate(layers):
        x = torch.einsum("ni,oi->no", x, weight) + bias
        x = x * (x > 0) if number < 2 else (x.exp() - (-x).exp()) / (x.exp() + (-x).exp())
    side = round(x.shape[1] ** 0.5)
    return x.reshape(len(z), 1, side, side)


def logits_for(images, layers):
    x = images.reshape(len(images), -1)
    for number, (weight, bias) in enumerate(layers):
        x = torch.einsum("ni,oi->no", x, weight) + bias
        if number < 2:
            x = torch.where(x > 0, x, x / 5)
    return x[:, 0]


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_images(tensors, sizes):
    noise_size, _, side = sizes
    for n in (1, 2, 7):
        images, _ = generated(sizes, tensors(n, noise_size))
        expect_shape(images, (n, 1, side, side), what="Generator(…)(z)")


def test_range(tensors):
    images, _ = generated(SIZES[0], 1000 * tensors(32, 16))
    expect_shape(images, (32, 1, 8, 8), what="Generator(…)(z)")
    low, high = images.min().item(), images.max().item()
    expect(
        -1 <= low <= -0.99 and 0.99 <= high <= 1,
        en="For strong noise the pixels should spread over all of [-1, 1], but they run from {low:.3g} to {high:.3g}.",
        ja="強いノイズを入れると画素値は [−1, 1] の全体に広がるはずですが、{low:.3g} から {high:.3g} までです。",
        low=low,
        high=high,
    )


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_logits(tensors, sizes):
    side = sizes[2]
    for n in (1, 2, 7):
        logits, _ = judged(sizes, tensors(n, 1, side, side))
        expect_shape(logits, (n,), what="Discriminator(…)(images)")
    # Far from the data a logit is far from 0, on whichever side.
    logits, _ = judged(sizes, 1e4 * tensors(64, 1, side, side))
    expect(
        bool(logits.abs().max() > 2),
        en="Whatever the images, the result stays between {low:.3g} and {high:.3g}: something squashes it.",
        ja="どんな画像を入れても、結果が {low:.3g} から {high:.3g} までに収まっています。"
        "どこかで範囲が制限されています。",
        low=logits.min().item(),
        high=logits.max().item(),
    )


def test_counts():
    of_generator, of_discriminator, small_generator, small_discriminator = default_parameters()
    expect_layers(of_generator, (16, 64, 64, 64), "Generator()")
    expect_layers(of_discriminator, (64, 64, 64, 1), "Discriminator()")
    expect_layers(small_generator, (3, 5, 5, 16), "Generator(3, 5, 4)")
    expect_layers(small_discriminator, (16, 5, 5, 1), "Discriminator(4, 5)")


def expect_tensors(came):
    expect(
        isinstance(came, torch.Tensor),
        en="forward should return a tensor, but it returned {came}.",
        ja="forward はテンソルを返すはずですが、返ってきたのは {came} です。",
        came=describe(came),
    )


@pytest.mark.parametrize("sizes", SIZES[1:], ids=str)
def test_equations(tensors, sizes):
    noise_size, hidden, side = sizes
    for n in (1, 6):
        z = 2 * tensors.strided(n, noise_size)
        images, parameters = generated(sizes, z)
        expect_tensors(images)
        layers = matched(parameters, (noise_size, hidden, hidden, side * side), "Generator")
        expected = images_from(z.double(), [(w.double(), b.double()) for w, b in layers]).float()
        expect_close(images, expected, what="Generator(…)(z)", rtol=1e-3, atol=1e-5)
        pixels = 2 * tensors.strided(n, 1, side, side)
        logits, parameters = judged(sizes, pixels)
        expect_tensors(logits)
        layers = matched(parameters, (side * side, hidden, hidden, 1), "Discriminator")
        expected = logits_for(pixels.double(), [(w.double(), b.double()) for w, b in layers]).float()
        expect_close(logits, expected, what="Discriminator(…)(images)", rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("sizes", SIZES[1:], ids=str)
def test_gradients(tensors, sizes):
    noise_size, hidden, side = sizes
    z = tensors(4, noise_size, dtype=torch.float64)
    of_noise, made, of_made, judges, of_judges = chain(sizes, z)
    makers = matched(made, (noise_size, hidden, hidden, side * side), "Generator")
    graders = matched(judges, (side * side, hidden, hidden, 1), "Discriminator")
    leaves = [z.clone(), *(p for pair in makers + graders for p in pair)]
    for leaf in leaves:
        leaf.requires_grad_()
    total = logits_for(images_from(leaves[0], makers), graders).sum()
    of = dict(zip(map(id, leaves), torch.autograd.grad(total, leaves), strict=True))
    expect_gradient(of_noise, of[id(leaves[0])], what="∂ logits / ∂ z")
    for p, gradient in zip(made.values(), of_made, strict=True):
        expect_gradient(gradient, of[id(p)], what=f"∂ logits / ∂ Generator {tuple(p.shape)}")
    for p, gradient in zip(judges.values(), of_judges, strict=True):
        expect_gradient(gradient, of[id(p)], what=f"∂ logits / ∂ Discriminator {tuple(p.shape)}")

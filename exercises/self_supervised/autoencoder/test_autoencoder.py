from itertools import pairwise

import pytest
import torch
from sklearn.datasets import load_digits
from torch import nn

from tutor.testing import curve, expect, expect_at_most, expect_close, expect_shape, gallery, probe, scatter

SEEN = 1400
STEPS = 450
# (widths, images)
CASES = (((64, 32, 16, 3), 5), ((7, 4), 1), ((9, 6, 2), 3), ((12, 8, 7, 6, 5), 1))

every_case = pytest.mark.parametrize("case", CASES, ids=str)


@probe
def through(submission, widths, images, codes, device):
    """The parameters; then the codes and reconstructions of images, and what is decoded from codes."""
    model = submission.Autoencoder(widths).to(device, torch.float64)
    images, codes = images.to(device), codes.to(device)
    parameters = [p.detach() for p in model.parameters()]
    return parameters, model.encode(images), model(images), model.decode(codes)


@probe
def steps(submission, weights, stale, batches, rate, device):
    """Steps of a linear model with tanh after it: the losses, and the parameters after each step."""
    model = nn.Sequential(nn.Linear(weights[0].shape[1], len(weights[0])), nn.Tanh()).double()
    for parameter, value, gradient in zip(model.parameters(), weights, stale, strict=True):
        parameter.data, parameter.grad = value.clone(), gradient.clone()
    model.to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    came = []
    for images, labels in batches:
        loss = submission.train_step(model, optimizer, (images.to(device), labels.to(device)))
        came.append((loss, [p.detach().clone() for p in model.parameters()]))
    return came


@probe
def fit(submission, widths, images, labels, order, unseen, rate, device):
    """Train on the batches that ``order`` names; return codes and reconstructions of the images not seen."""
    model = submission.Autoencoder(widths).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    images, labels, unseen = images.to(device), labels.to(device), unseen.to(device)
    for step, chosen in enumerate(order.to(device)):
        loss = submission.train_step(model, optimizer, (images[chosen], labels[chosen]))
        if step % 10 == 0:
            curve("reconstruction error", loss)
        if step % 100 == 0:
            with torch.no_grad():
                gallery("rebuilt", model(unseen[:8]).reshape(-1, 8, 8), low=-1, high=1)
    with torch.no_grad():
        return model.encode(unseen), model(unseen)


def linear_layers(x, parameters):
    """In the judge: x through layers given as weight, bias, weight, bias, …, with ReLU between."""
    pairs = list(zip(parameters[::2], parameters[1::2], strict=True))
    for i, (weight, bias) in enumerate(pairs):
        x = x @ weight.T + bias
        if i < len(pairs) - 1:
            x = x.clamp(min=0)
    return x


def half(parameters, widths, which):
    """The parameters of the encoder (0) or the decoder (1), after a look at all their shapes."""
    there_and_back = [*widths, *widths[-2::-1]]
    shapes = [s for a, b in pairwise(there_and_back) for s in ((b, a), (b,))]
    came = [tuple(p.shape) for p in parameters]
    expect(
        came == shapes,
        en="The parameters of Autoencoder({widths}) have the shapes {came}; they should be {shapes}.",
        ja="Autoencoder({widths}) のパラメータの形状は {came} です。{shapes} になるはずです。",
        widths=widths,
        came=came,
        shapes=shapes,
    )
    middle = 2 * (len(widths) - 1)
    return parameters[:middle] if which == 0 else parameters[middle:]


def drawn(tensors, case):
    widths, count = case
    images = tensors.strided(count, widths[0], dtype=torch.float64)
    codes = 3 * tensors(count, widths[-1], dtype=torch.float64)
    return widths, images, codes


@every_case
def test_shapes(tensors, case):
    widths, images, codes = drawn(tensors, case)
    _, code, rebuilt, decoded = through(widths, images, codes)
    expect_shape(code, (len(images), widths[-1]), what="encode(images)")
    expect_shape(decoded, (len(images), widths[0]), what="decode(codes)")
    expect_shape(rebuilt, tuple(images.shape), what="output")


@every_case
def test_code(tensors, case):
    widths, images, codes = drawn(tensors, case)
    for scale in (1, 10):
        parameters, code, _, _ = through(widths, scale * images, codes)
        expect_close(code, linear_layers(scale * images, half(parameters, widths, 0)), what="encode(images)")


@every_case
def test_decoded(tensors, case):
    widths, images, codes = drawn(tensors, case)
    for scale in (1, 10):
        parameters, code, rebuilt, decoded = through(widths, images, scale * codes)
        decoder = half(parameters, widths, 1)
        expect_close(decoded, linear_layers(scale * codes, decoder).tanh(), what="decode(codes)")
        expect_close(rebuilt, linear_layers(code, decoder).tanh(), what="output")


def walked(weights, batches, rate):
    """In the judge: losses, and parameters after each step, of gradient descent on the mean squared error."""
    came, now = [], [w.clone() for w in weights]
    for images, _ in batches:
        out = (images @ now[0].T + now[1]).tanh()
        # By hand: d loss / d (before tanh) = 2 (out − x) (1 − out²) / (number of elements).
        error = 2 * (out - images) * (1 - out**2) / images.numel()
        loss = (out - images).square().mean()
        now = [now[0] - rate * error.T @ images, now[1] - rate * error.sum(0)]
        came.append((loss, now))
    return came


def batches_of(tensors, count, wide):
    return [(tensors.strided(count, wide, dtype=torch.float64), tensors.integers(wide, count)) for _ in range(3)]


def expect_steps(came, expected):
    for (loss, now), (wanted, after) in zip(came, expected, strict=True):
        expect_close(loss, wanted, what="loss")
        for a, b in zip(now, after, strict=True):
            expect_close(a, b, what="parameters")


@pytest.mark.parametrize("shape", [(4, 3), (1, 5), (6, 2)], ids=str)
def test_step(tensors, shape):
    count, wide = shape
    weights = [tensors(wide, wide, dtype=torch.float64), tensors(wide, dtype=torch.float64)]
    stale = [tensors(*w.shape, dtype=torch.float64) for w in weights]
    batches = batches_of(tensors, count, wide)
    expect_steps(steps(weights, stale, batches, 0.5), walked(weights, batches, 0.5))


def test_labels(tensors):
    weights = [tensors(5, 5, dtype=torch.float64), tensors(5, dtype=torch.float64)]
    stale = [torch.zeros_like(w) for w in weights]
    batches = batches_of(tensors, 6, 5)
    others = [(images, (labels + 1) % 5) for images, labels in batches]
    came, again = steps(weights, stale, batches, 0.5), steps(weights, stale, others, 0.5)
    expect_steps(again, came)
    expect_steps(came, walked(weights, batches, 0.5))


def plane(points):
    """The two directions in which points (N, D) spread most, (N, 2)."""
    points = points.double().nan_to_num(0, 0, 0).clamp(-1e6, 1e6)
    points = points - points.mean(0)
    return points @ torch.linalg.svd(points, full_matrices=False)[2][:2].T


def test_rebuilt(module_tensors):
    features, labels = load_digits(return_X_y=True)
    images, labels = torch.tensor(features, dtype=torch.float32) / 8 - 1, torch.tensor(labels)
    mixed = module_tensors.uniform(0, 1, len(images)).argsort()
    images, labels = images[mixed], labels[mixed]
    order = module_tensors.integers(SEEN, STEPS, 128)
    unseen = images[SEEN:]
    codes, rebuilt = fit((64, 48, 24, 3), images[:SEEN], labels[:SEEN], order, unseen, 5e-3)
    expect_shape(rebuilt, tuple(unseen.shape), what="output")
    expect_shape(codes, (len(unseen), 3), what="encode(images)")
    pairs = torch.stack([unseen[:8], rebuilt[:8]]).reshape(16, 8, 8)
    gallery("unseen, and rebuilt from three numbers", pairs, low=-1, high=1)
    scatter("codes, and classes that the training never saw", plane(codes), labels[SEEN:])
    expect_at_most(
        (rebuilt - unseen).square().mean(),
        0.14,
        en="the mean squared error of unseen digits rebuilt from three numbers",
        ja="未知の数字を 3 つの数から復元したときの平均二乗誤差",
    )

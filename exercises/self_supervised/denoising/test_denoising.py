import math

import pytest
import torch
from sklearn.datasets import load_digits
from torch import nn

from tutor.testing import curve, expect, expect_at_least, expect_close, expect_shape, gallery, probe

SEEN = 1400
STEPS = 200
SIGMA = 0.3


@probe
def corrupted(submission, images, sigma, device):
    """Two corruptions of the same images, and the images afterwards."""
    images = images.to(device)
    return submission.corrupt(images, sigma), submission.corrupt(images, sigma), images


@probe
def decibels(submission, images, clean, peak):
    return submission.psnr(images, clean, peak)


@probe
def steps(submission, weights, stale, batches, rate, device):
    """Steps of a linear model with tanh after it: the losses, and the parameters after each step."""
    model = nn.Sequential(nn.Linear(weights[0].shape[1], len(weights[0])), nn.Tanh()).double()
    for parameter, value, gradient in zip(model.parameters(), weights, stale, strict=True):
        parameter.data, parameter.grad = value.clone(), gradient.clone()
    model.to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    came = []
    for images, noise in batches:
        noises = iter([noise.to(device)])
        loss = submission.denoising_step(model, optimizer, images.to(device), lambda x, left=noises: x + next(left))
        came.append((loss, [p.detach().clone() for p in model.parameters()]))
    return came


@probe
def fit(submission, images, order, noisy, rate, sigma, device):
    """Train a small network on the batches that ``order`` names; return what it makes of noisy images."""
    model = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 64)).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    images, noisy = images.to(device), noisy.to(device)
    for step, chosen in enumerate(order.to(device)):
        loss = submission.denoising_step(model, optimizer, images[chosen], lambda x: submission.corrupt(x, sigma))
        if step % 10 == 0:
            curve("error of restored digits", loss)
        if step % 50 == 0:
            with torch.no_grad():
                gallery("restored", model(noisy[:8]).reshape(-1, 8, 8), low=0, high=1)
    with torch.no_grad():
        return model(noisy)


SHAPES = ((2000, 9), (700, 1, 4, 8), (1, 20000))


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_corrupt(tensors, shape):
    for sigma in (0.3, 2.0):
        images = tensors.strided(*shape, dtype=torch.float64)
        first, second, after = corrupted(images, sigma)
        expect_close(after, images, what="images")
        for came in (first, second):
            expect_shape(came, shape, what="corrupt(images)")
            expect(
                came.dtype == images.dtype,
                en="Images of dtype float64 should stay float64; they came back as {dtype}.",
                ja="float64 の画像は float64 のままのはずですが、{dtype} になりました。",
                dtype=str(came.dtype).removeprefix("torch."),
            )
        noises = [(came - images) / sigma for came in (first, second)]
        for noise in noises:
            near(noise.mean(), 0, noise.numel(), "mean", "平均")
            near(noise.square().mean().sqrt(), 1, noise.numel(), "standard deviation", "標準偏差")
            far = (noise.abs() > 2).double().mean()
            near(far, 0.0455, noise.numel(), "share beyond two standard deviations", "標準偏差の 2 倍を超える割合")
            # With the neighbours along each dimension: noise shared by all images, or by all pixels, shows here.
            for dim in range(noise.dim()):
                if noise.shape[dim] > 1:
                    near((noise * noise.roll(1, dim)).mean(), 0, noise.numel(), "correlation", "相関")
        near((noises[0] * noises[1]).mean(), 0, images.numel(), "correlation of two calls", "2 回の呼び出しの相関")


def near(value, expected, count, name, name_ja):
    """Within six standard errors; of all these figures none has a deviation above 1 for one element."""
    expect(
        abs(value.item() - expected) <= 6 / math.sqrt(count),
        en="The noise divided by sigma has {name} {value:.3f}; normal noise, drawn for each element, "
        "has {expected:.3g}.",
        ja="ノイズを sigma で割ったものの{name_ja}は {value:.3f} です。"
        "要素ごとに引いた正規ノイズなら {expected:.3g} です。",
        name=name,
        name_ja=name_ja,
        value=value.item(),
        expected=expected,
    )


@pytest.mark.parametrize("shape", [(5, 7), (1, 64), (3, 1, 8, 8), (4, 2, 3)], ids=str)
def test_psnr(tensors, shape):
    for peak in (1.0, 2.0, 255.0):
        clean = tensors.strided(*shape, dtype=torch.float64)
        scale = torch.tensor([10.0 ** (-i) for i in range(shape[0])], dtype=torch.float64)
        images = clean + scale.reshape(-1, *[1] * (len(shape) - 1)) * tensors(*shape, dtype=torch.float64)
        wanted = [
            20 * math.log10(peak) - 10 * math.log10(sum(d * d for d in (a - b).flatten().tolist()) / a.numel())
            for a, b in zip(images, clean, strict=True)
        ]
        expect_close(decibels(images, clean, peak), torch.tensor(wanted, dtype=torch.float64), what="psnr")
    images[0] = clean[0]
    wanted[0] = math.inf
    expect_close(decibels(images, clean, peak), torch.tensor(wanted, dtype=torch.float64), what="psnr")


@pytest.mark.parametrize("shape", [(4, 3), (1, 5), (6, 2)], ids=str)
def test_step(tensors, shape):
    count, wide = shape
    weights = [tensors(wide, wide, dtype=torch.float64), tensors(wide, dtype=torch.float64)]
    stale = [tensors(*w.shape, dtype=torch.float64) for w in weights]
    batches = [
        (tensors.strided(count, wide, dtype=torch.float64), tensors(count, wide, dtype=torch.float64)) for _ in range(3)
    ]
    rate, now = 0.5, weights
    for (loss, came), (images, noise) in zip(steps(weights, stale, batches, rate), batches, strict=True):
        seen = images + noise
        out = (seen @ now[0].T + now[1]).tanh()
        expect_close(loss, (out - images).square().mean(), what="loss")
        # By hand: d loss / d (before tanh) = 2 (out − clean) (1 − out²) / (number of elements).
        error = 2 * (out - images) * (1 - out**2) / images.numel()
        now = [now[0] - rate * error.T @ seen, now[1] - rate * error.sum(0)]
        for a, b in zip(came, now, strict=True):
            expect_close(a, b, what="parameters")


def test_gain(module_tensors):
    features = torch.tensor(load_digits().data, dtype=torch.float32) / 16
    images = features[module_tensors.uniform(0, 1, len(features)).argsort()]
    unseen = images[SEEN:]
    noisy = unseen + SIGMA * module_tensors(*unseen.shape)
    order = module_tensors.integers(SEEN, STEPS, 128)
    restored = fit(images[:SEEN], order, noisy, 5e-3, SIGMA)
    expect_shape(restored, tuple(unseen.shape), what="output")
    three = torch.stack([noisy[:8], restored[:8], unseen[:8]]).reshape(24, 8, 8)
    gallery("noisy, restored, clean", three, low=0, high=1)
    before, after = (-10 * (x - unseen).double().square().mean(1).log10().mean() for x in (noisy, restored))
    expect_at_least(
        after - before,
        5,
        en="the gain in PSNR on unseen digits, in decibels",
        ja="未知の数字での PSNR の向上（デシベル）",
    )

from types import SimpleNamespace

import pytest
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional as F

from tutor.testing import (
    curve,
    expect,
    expect_at_least,
    expect_at_most,
    expect_close,
    expect_shape,
    gallery,
    probe,
    scatter,
)

SEEN = 1400
STEPS = 150


@probe
def shifted(submission, images, most, device):
    """Two random shifts of the same images, and the images afterwards."""
    images = images.to(device)
    return submission.random_shift(images, most), submission.random_shift(images, most), images


def networks(weights, device):
    """A linear encoder with tanh after it, a linear head, and an optimiser of both, in float64."""
    encoder = nn.Sequential(nn.Linear(weights[0].shape[1], len(weights[0])), nn.Tanh()).double()
    head = nn.Linear(weights[2].shape[1], len(weights[2])).double()
    for parameter, value in zip([*encoder.parameters(), *head.parameters()], weights, strict=True):
        parameter.data = value.clone()
    encoder.to(device)
    head.to(device)
    return encoder, head, [*encoder.parameters(), *head.parameters()]


def resemblance(a, b):
    """Some criterion that tells embeddings of one view from those of another."""
    return (a - b).square().mean() - 0.3 * (a * b).mean() + (a + b).sin().mean()


@probe
def steps(submission, weights, stale, batches, rate, device):
    """Losses, and parameters after each step. The augmentations of a batch are given, in their order."""
    encoder, head, parameters = networks(weights, device)
    for parameter, gradient in zip(parameters, stale, strict=True):
        parameter.grad = gradient.to(device)
    optimizer = torch.optim.SGD(parameters, lr=rate)
    came = []
    for images, first, second in batches:
        left = iter([first.to(device), second.to(device)])
        loss = submission.simclr_step(
            encoder, head, optimizer, images.to(device), lambda x, left=left: x + next(left), resemblance
        )
        came.append((loss, [p.detach().clone() for p in parameters]))
    return came


def contrast(a, b):
    """A contrastive loss with cosines and temperature 0.5: partners against all others of both views."""
    z = F.normalize(torch.cat([a, b]), dim=1)
    near = 2 * z @ z.T - 1e9 * torch.eye(len(z), device=z.device)
    return near.logsumexp(1).mean() - 2 * (z[: len(a)] * z[len(a) :]).sum(1).mean()


@probe
def fit(submission, images, order, views, rate, noise, device):
    """Train encoder and head on the batches that ``order`` names; return what both make of the two given views."""
    encoder = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 32), nn.ReLU()).to(device)
    head = nn.Sequential(nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 16)).to(device)
    optimizer = torch.optim.Adam([*encoder.parameters(), *head.parameters()], lr=rate)
    images, views = images.to(device), [view.to(device) for view in views]

    def augment(x):
        x = submission.random_shift(x.reshape(-1, 8, 8), 1).flatten(1)
        return x + noise * torch.randn_like(x)

    for step, chosen in enumerate(order.to(device)):
        loss = submission.simclr_step(encoder, head, optimizer, images[chosen], augment, contrast)
        if step % 5 == 0:
            curve("contrastive loss", loss)
    with torch.no_grad():
        features = [encoder(view) for view in views]
        return features, [head(feature) for feature in features]


def every_shift(images, most):
    """In the judge: images under all shifts, (shifts, N, H, W), from up and left to down and right."""
    _, height, width = images.shape
    wide = torch.zeros(len(images), height + 2 * most, width + 2 * most, dtype=images.dtype)
    wide[:, most : most + height, most : most + width] = images
    corners = [(y, x) for y in range(2 * most, -1, -1) for x in range(2 * most, -1, -1)]
    return torch.stack([wide[:, y : y + height, x : x + width] for y, x in corners])


@pytest.mark.parametrize(("shape", "most"), [((1500, 5, 4), 1), ((2400, 4, 7), 2), ((3, 2, 5), 0)], ids=str)
def test_shift(tensors, shape, most):
    # No pixel is 0 or like another, so that each shift shows.
    images = 1 + tensors.uniform(0, 1, *shape, dtype=torch.float64).transpose(1, 2).contiguous().transpose(1, 2)
    first, second, after = shifted(images, most)
    expect_close(after, images, what="images")
    candidates = every_shift(images, most)
    which = []
    for came in (first, second):
        expect_shape(came, shape, what="output")
        expect(
            came.dtype == images.dtype,
            en="Images of dtype float64 should stay float64; they came back as {dtype}.",
            ja="float64 の画像は float64 のままのはずですが、{dtype} になりました。",
            dtype=str(came.dtype).removeprefix("torch."),
        )
        same = (candidates == came).flatten(2).all(2)  # (shifts, N)
        strange = int((~same.any(0)).sum())
        expect(
            strange == 0,
            en="{strange} of {count} results are no shift of their image by at most {most} pixels, "
            "with zeros coming in.",
            ja="{count} 枚のうち {strange} 枚が、{most} 画素以内の平行移動（空いた所は 0）になっていません。",
            strange=strange,
            count=len(images),
            most=most,
        )
        which.append(same.double().argmax(0))
    kinds = len(candidates)
    if kinds == 1:
        return
    share = 1 / kinds
    for chosen in which:
        counts = torch.bincount(chosen, minlength=kinds).double() / len(images)
        worst = int((counts - share).abs().argmax())
        down, right = worst // (2 * most + 1) - most, worst % (2 * most + 1) - most
        expect(
            abs(counts[worst].item() - share) <= 6 * (share / len(images)) ** 0.5,
            en="The shift ({down}, {right}) was given to {came:.1%} of the images; {share:.1%} are expected, "
            "as for each other one.",
            ja="移動量 ({down}, {right}) になった画像は {came:.1%} です。"
            "ほかの移動量と同じく {share:.1%} になるはずです。",
            down=down,
            right=right,
            came=counts[worst].item(),
            share=share,
        )
    again = (which[0] == which[1]).double().mean().item()
    expect(
        again <= share + 6 * (share / len(images)) ** 0.5,
        en="Called again, random_shift moved {again:.1%} of the images as before; {share:.1%} are expected.",
        ja="もう一度呼ぶと、{again:.1%} の画像が前と同じだけ移動しました。{share:.1%} になるはずです。",
        again=again,
        share=share,
    )


SHAPES = ((4, 3, 5, 2), (1, 6, 2, 3), (7, 2, 3, 1))
every_shape = pytest.mark.parametrize("shape", SHAPES, ids=str)


def setting(tensors, shape):
    """Weights of encoder and head, gradients that lie about, and three batches with two augmentations each."""
    count, wide, middle, out = shape
    sizes = ((middle, wide), (middle,), (out, middle), (out,))
    weights, stale = ([tensors(*size, dtype=torch.float64) for size in sizes] for _ in range(2))
    batches = [[tensors.strided(count, wide, dtype=torch.float64) for _ in range(3)] for _ in range(3)]
    return weights, stale, batches


def walked(weights, batches, rate):
    """In the judge: losses, and parameters after each step."""
    came, now = [], weights
    for images, first, second in batches:
        leaves = [w.detach().clone().requires_grad_() for w in now]
        a, b = ((((images + d) @ leaves[0].T + leaves[1]).tanh() @ leaves[2].T + leaves[3]) for d in (first, second))
        loss = resemblance(a, b)
        gradients = torch.autograd.grad(loss, leaves)
        now = [w.detach() - rate * g for w, g in zip(leaves, gradients, strict=True)]
        came.append((loss.detach(), now))
    return came


@every_shape
def test_two_views(tensors, shape):
    weights, _, batches = setting(tensors, shape)
    stale = [torch.zeros_like(w) for w in weights]
    came = steps(weights, stale, batches[:1], 0.1)
    expect_close(came[0][0], walked(weights, batches[:1], 0.1)[0][0], what="loss")


@every_shape
def test_step(tensors, shape):
    weights, stale, batches = setting(tensors, shape)
    names = ("encoder.weight", "encoder.bias", "head.weight", "head.bias")
    for (_, now), (_, wanted) in zip(steps(weights, stale, batches, 0.02), walked(weights, batches, 0.02), strict=True):
        for value, right, name in zip(now, wanted, names, strict=True):
            expect_close(value, right, what=name)


def plane(points):
    """The two directions in which points (N, D) spread most, (N, 2)."""
    points = points.double().nan_to_num(0, 0, 0).clamp(-1e6, 1e6)
    points = points - points.mean(0)
    return points @ torch.linalg.svd(points, full_matrices=False)[2][:2].T


@pytest.fixture(scope="module")
def trained(module_tensors):
    """Embeddings of two views of unseen digits, each of length 1."""
    data = load_digits()
    mixed = module_tensors.uniform(0, 1, len(data.target)).argsort()
    images = torch.tensor(data.data, dtype=torch.float32)[mixed] / 16
    labels = torch.tensor(data.target)[mixed]
    unseen = images[SEEN:]
    all_shifts = every_shift(unseen.reshape(-1, 8, 8), 1).flatten(2)
    each = torch.arange(len(unseen))
    views = [
        all_shifts[module_tensors.integers(9, len(unseen)), each] + 0.1 * module_tensors(*unseen.shape)
        for _ in range(2)
    ]
    gallery("two views of each", torch.stack([view[:8] for view in views]).reshape(16, 8, 8), low=0, high=1)
    order = module_tensors.integers(SEEN, STEPS, 64)
    features, embeddings = fit(images[:SEEN], order, views, 5e-3, 0.1)
    for embedding, feature in zip(embeddings, features, strict=True):
        expect_shape(embedding, (len(unseen), 16), what="output")
        expect_shape(feature, (len(unseen), 32), what="output")
    scatter("features of unseen digits", plane(F.normalize(features[0], dim=1)), labels[SEEN:])
    return SimpleNamespace(views=[F.normalize(embedding.double(), dim=1) for embedding in embeddings])


def test_alignment(trained):
    a, b = trained.views
    cosines = a @ b.T
    partners = cosines.diagonal().mean()
    others = (cosines.sum() - cosines.diagonal().sum()) / (len(a) * (len(a) - 1))
    expect_at_least(
        partners - others,
        0.6,
        en="how much larger the cosine of two views of one unseen digit is than that of different digits",
        ja="未知の数字で、同じ画像の 2 つのビューのコサイン類似度が、違う画像どうしのものを上回る量",
    )


def test_uniformity(trained):
    a, _ = trained.views
    expect_at_most(
        torch.pdist(a).square().mul(-2).exp().mean().log(),
        -1.5,
        en="the uniformity of the embeddings (0 means that all have collapsed into one)",
        ja="埋め込みの一様性（0 なら、すべてが 1 点につぶれている）",
    )

import pytest
import torch
from sklearn.datasets import load_digits
from torch import nn

from tutor.testing import (
    curve,
    expect,
    expect_at_most,
    expect_close,
    expect_gradient,
    expect_shape,
    gallery,
    probe,
)

SEEN = 1400
STEPS = 200
SIDE, PATCHES, HIDDEN = 2, 16, 8


class Guess(nn.Module):
    """Predicts all patches from those that are seen and from the mask; notes what it was called with."""

    def __init__(self, patches, numbers, wide):
        super().__init__()
        self.first = nn.Linear(patches * (numbers + 1), wide)
        self.second = nn.Linear(wide, patches * numbers)
        self.calls = []

    def forward(self, seen, mask):
        self.calls.append((seen.detach().clone(), mask.detach().clone()))
        both = torch.cat([seen.flatten(1), mask.to(seen)], dim=1)
        return self.second(self.first(both).tanh()).reshape(seen.shape)


@probe
def cut(submission, images, size):
    return submission.patchify(images, size)


@probe
def masks(submission, count, patches, hidden):
    return [submission.random_mask(count, patches, hidden) for _ in range(2)]


@probe
def loss_and_gradient(submission, predicted, patches, mask):
    predicted.requires_grad_()
    loss = submission.masked_loss(predicted, patches, mask)
    loss.backward()
    return loss, predicted.grad


@probe
def steps(submission, weights, stale, batches, rate, device):
    """Of each step: the loss, what the model was called with, the patches afterwards, and the parameters."""
    _, patches, numbers = batches[0][0].shape
    model = Guess(patches, numbers, len(weights[0])).double()
    for parameter, value, gradient in zip(model.parameters(), weights, stale, strict=True):
        parameter.data, parameter.grad = value.clone(), gradient.clone()
    model.to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    came = []
    for given, mask in batches:
        model.calls.clear()
        pieces = given.to(device)
        loss = submission.masked_step(model, optimizer, pieces, mask.to(device))
        came.append((loss, list(model.calls), pieces, [p.detach().clone() for p in model.parameters()]))
    return came


@probe
def fit(submission, images, order, seen, mask, rate, size, hidden, device):
    """Train on masks that are drawn anew for each batch; return what is predicted for the given seen patches."""
    pieces = submission.patchify(images.reshape(-1, 8, 8), size).to(device)
    model = Guess(pieces.shape[1], pieces.shape[2], 128).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    for step, chosen in enumerate(order.to(device)):
        drawn = submission.random_mask(len(chosen), pieces.shape[1], hidden).to(device)
        loss = submission.masked_step(model, optimizer, pieces[chosen], drawn)
        model.calls.clear()
        if step % 5 == 0:
            curve("error of hidden patches", loss)
    with torch.no_grad():
        return model(seen.to(device), mask.to(device))


def patches_of(images, size):
    """In the judge, pixel by pixel of a patch."""
    n = len(images)
    columns = [images[:, y::size, x::size].reshape(n, -1) for y in range(size) for x in range(size)]
    return torch.stack(columns, dim=2)


CASES = (((2, 4, 6), 2), ((1, 8, 8), 2), ((3, 6, 3), 3), ((2, 2, 5), 1), ((4, 9, 6), 3), ((1, 5, 5), 5))


@pytest.mark.parametrize(("shape", "size"), CASES, ids=str)
def test_patchify(tensors, shape, size):
    for images in (tensors(*shape, dtype=torch.float64), tensors.strided(*shape)):
        expect_close(cut(images, size), patches_of(images, size), what="patches")


def near(came, expected, count, en, ja):
    """Within six standard errors of a share of count draws."""
    expect(
        abs(came - expected) <= 6 * (0.25 / count) ** 0.5,
        en="random_mask: {name} is {came:.3f}; {expected:.3f} is expected.",
        ja="random_mask：{name_ja}は {came:.3f} です。{expected:.3f} になるはずです。",
        name=en,
        name_ja=ja,
        came=came,
        expected=expected,
    )


@pytest.mark.parametrize("case", [(2000, 16, 12), (2000, 9, 2), (1, 4, 3), (5, 6, 0), (3, 5, 5)], ids=str)
def test_mask(tensors, case):
    count, patches, hidden = case
    first, second = masks(count, patches, hidden)
    for mask in (first, second):
        expect_shape(mask, (count, patches), what="mask")
        expect(
            mask.dtype == torch.bool,
            en="The mask should have dtype bool, but it has {dtype}.",
            ja="マスクの dtype は bool のはずですが、{dtype} です。",
            dtype=str(mask.dtype).removeprefix("torch."),
        )
        expect_close(mask.sum(1), torch.full((count,), hidden), what="mask.sum(1)")
    if count < 1000:
        return
    share = hidden / patches
    for mask in (first.double(), second.double()):
        for i in range(patches):
            near(
                mask[:, i].mean().item(),
                share,
                count,
                f"the share of masks that hide patch {i}",
                f"パッチ {i} を隠す割合",
            )
        pair = share * (hidden - 1) / (patches - 1)
        for i in range(patches):
            together = (mask[:, i] * mask[:, (i + 1) % patches]).mean().item()
            near(together, pair, count, "the share that hides two neighbours", "隣り合う 2 つを隠す割合")
        in_turn = (mask * mask.roll(1, 0)).mean().item()
        near(in_turn, share**2, count, "what one row hides of what the row before hides", "前の行と共通に隠す割合")
    near((first & second).double().mean().item(), share**2, count, "what two calls both hide", "2 回とも隠す割合")


def mask_of(tensors, count, patches):
    """Each patch with probability one half, and one at least."""
    mask = tensors.uniform(0, 1, count, patches) < 0.5
    mask[0, tensors.choice(range(patches))] = True
    return mask


@pytest.mark.parametrize("shape", [(3, 4, 5), (1, 6, 2), (5, 3, 1), (4, 16, 4)], ids=str)
def test_loss(tensors, shape):
    for _ in range(2):
        predicted = tensors(*shape, dtype=torch.float64)
        patches = tensors.strided(*shape, dtype=torch.float64)
        mask = mask_of(tensors, *shape[:2])
        hidden = mask.unsqueeze(2).expand(shape).double()
        numbers = hidden.sum()
        loss, gradient = loss_and_gradient(predicted, patches, mask)
        expect_close(loss, ((predicted - patches) ** 2 * hidden).sum() / numbers, what="loss")
        expect_gradient(gradient, 2 * (predicted - patches) * hidden / numbers)


SHAPES = ((3, 4, 2), (1, 3, 5), (6, 5, 1))
every_shape = pytest.mark.parametrize("shape", SHAPES, ids=str)


def setting(tensors, shape):
    count, patches, numbers = shape
    wide = 4
    sizes = ((wide, patches * (numbers + 1)), (wide,), (patches * numbers, wide), (patches * numbers,))
    weights, stale = ([tensors(*size, dtype=torch.float64) for size in sizes] for _ in range(2))
    batches = [(tensors.strided(*shape, dtype=torch.float64), mask_of(tensors, count, patches)) for _ in range(3)]
    return weights, stale, batches


@every_shape
def test_seen(tensors, shape):
    weights, stale, batches = setting(tensors, shape)
    for (_, calls, after, _), (patches, mask) in zip(steps(weights, stale, batches, 0.01), batches, strict=True):
        expect(
            len(calls) == 1,
            en="masked_step should call the model once; it called it {times} times.",
            ja="masked_step はモデルを 1 回だけ呼ぶはずですが、{times} 回呼びました。",
            times=len(calls),
        )
        seen, told = calls[0]
        expect_close(seen, patches * (~mask).unsqueeze(2), what="seen")
        expect_close(told, mask, what="mask")
        expect_close(after, patches, what="patches")


@every_shape
def test_step(tensors, shape):
    weights, stale, batches = setting(tensors, shape)
    rate, now = 0.05, weights
    for (loss, _, _, parameters), (patches, mask) in zip(steps(weights, stale, batches, rate), batches, strict=True):
        leaves = [w.detach().clone().requires_grad_() for w in now]
        hidden = mask.double().unsqueeze(2)
        both = torch.cat([(patches * (1 - hidden)).flatten(1), mask.double()], dim=1)
        guess = (both @ leaves[0].T + leaves[1]).tanh() @ leaves[2].T + leaves[3]
        wanted = ((guess.reshape(shape) - patches) ** 2 * hidden).sum() / (hidden.sum() * shape[2])
        expect_close(loss, wanted.detach(), what="loss")
        gradients = torch.autograd.grad(wanted, leaves)
        now = [w.detach() - rate * g for w, g in zip(leaves, gradients, strict=True)]
        for value, right in zip(parameters, now, strict=True):
            expect_close(value, right, what="parameters")


def test_filled_in(module_tensors):
    features = torch.tensor(load_digits().data, dtype=torch.float32) / 16
    images = features[module_tensors.uniform(0, 1, len(features)).argsort()]
    unseen = patches_of(images[SEEN:].reshape(-1, 8, 8), SIDE)
    mask = module_tensors.uniform(0, 1, len(unseen), PATCHES).argsort(1).argsort(1) < HIDDEN
    hidden = mask.unsqueeze(2).float()
    seen = unseen * (1 - hidden)
    order = module_tensors.integers(SEEN, STEPS, 64)
    predicted = fit(images[:SEEN], order, seen, mask, 5e-3, SIDE, HIDDEN)
    expect_shape(predicted, tuple(unseen.shape), what="output")
    filled = seen + predicted * hidden
    three = torch.stack([seen[:8], filled[:8], unseen[:8]]).reshape(24, 4, 4, SIDE, SIDE)
    gallery("seen, filled in, as it was", three.transpose(2, 3).reshape(24, 8, 8), low=0, high=1)
    expect_at_most(
        ((predicted - unseen) ** 2 * hidden).double().sum() / (hidden.sum() * SIDE**2),
        0.055,
        en="the mean squared error of the hidden patches of unseen digits",
        ja="未知の数字の、隠したパッチの平均二乗誤差",
    )

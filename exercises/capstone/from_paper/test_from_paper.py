import pytest
import torch
from sklearn.datasets import load_digits
from torch import nn

from tutor.testing import curve, expect, expect_at_least, expect_close, expect_gradient, expect_shape, matrix, probe

SEEN = 1397
RATE = 0.02

# (N, C, H, W) and r: batches of one, maps of one pixel, height other than width.
CASES = (((2, 8, 5, 3), 4), ((1, 6, 1, 1), 2), ((3, 4, 2, 7), 4), ((5, 12, 4, 4), 3))
every_case = pytest.mark.parametrize("case", CASES, ids=str)


def fill(parameters, first, second):
    """W₁ and W₂ into a module's two parameters, which are told apart by their first dimension, and are returned.

    Zeros into any others: that there should be none is what test_parameters says.
    """
    found = {}
    for parameter in parameters:
        value = first if parameter.shape[0] == first.shape[0] else second
        if parameter.numel() == value.numel():
            parameter.data = value.reshape(parameter.shape).clone()
            found[len(value)] = parameter
        else:
            parameter.data.zero_()
    return [found.get(len(first)), found.get(len(second))]


@probe
def shapes_of(submission, channels, reduction):
    module = submission.SqueezeExcitation(channels, reduction)
    return [list(p.shape) for p in module.parameters()], [list(b.shape) for b in module.buffers()]


@probe
def recalibrated(submission, first, second, x):
    """The output, and the gradients of the sum of its squares for the input, W₁ and W₂."""
    module = submission.SqueezeExcitation(first.shape[1], first.shape[1] // first.shape[0]).to(x)
    weights = fill(module.parameters(), first, second)
    x.requires_grad_()
    out = module(x)
    out.square().sum().backward()
    return out, x.grad, *(None if weight is None else weight.grad for weight in weights)


def added(block, parts):
    """The parameters of a block that are not those of its parts."""
    known = {id(p) for part in parts if part is not None for p in part.parameters()}
    return [p for p in block.parameters() if id(p) not in known]


@probe
def residual(submission, first, second, weights, x):
    """A block around a 1 × 1 convolution: without a shortcut, and with another 1 × 1 convolution as shortcut.

    Of each the output, the shapes of what is new in it, and the gradients of the sum of squares: for x, for the parts.
    """
    outs = []
    for projected in (False, True):
        parts = [nn.Conv2d(x.shape[1], second.shape[0], 1, bias=False).to(x) for _ in range(1 + projected)]
        for part, weight in zip(parts, weights, strict=False):
            part.weight.data = weight.reshape(part.weight.shape).clone()
        channels, hidden = second.shape
        block = submission.SEResidual(parts[0], channels, channels // hidden, *parts[1:]).to(x)
        new = added(block, parts)
        fill(new, first, second)
        given = x.clone().requires_grad_()
        out = block(given)
        if isinstance(out, torch.Tensor) and out.requires_grad:
            out.square().sum().backward()
        outs.append([out, [list(p.shape) for p in new], [given.grad, *(part.weight.grad for part in parts)]])
    return outs


def branch_of(inputs, outputs, stride):
    """The branch of a ResNet block, and its shortcut."""
    branch = nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
        nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False),
        nn.BatchNorm2d(outputs),
    )
    return branch, nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))


@probe
def resnet_block(submission, state, first, second, x, stride, training):
    """A ResNet block with stride and projection: the output, and the running mean of the last normalisation."""
    channels, hidden = second.shape
    branch, shortcut = branch_of(x.shape[1], channels, stride)
    block = submission.SEResidual(branch, channels, channels // hidden, shortcut)
    fill(added(block, (branch, shortcut)), first, second)
    branch.load_state_dict(state[0])
    shortcut.load_state_dict(state[1])
    block.to(x).train(training)
    return block(x), branch[4].running_mean, next(branch.parameters()).grad is None


@probe
def digits_learned(submission, images, labels, unseen, answers, epochs, seed, device):
    """A small SE-ResNet: logits for the unseen digits, and how much of each channel of the last maps passes a gate."""
    torch.manual_seed(seed)
    branch, shortcut = branch_of(12, 24, 2)
    block = submission.SEResidual(branch, 24, 4, shortcut)
    body = nn.Sequential(nn.Conv2d(1, 12, 3, 1, 1), nn.ReLU(), block).to(device)
    gate = submission.SqueezeExcitation(24, 4).to(device)
    head = nn.Linear(24, 10).to(device)
    parameters = [*body.parameters(), *gate.parameters(), *head.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=RATE)
    for epoch in range(epochs):
        body.train()
        optimizer.param_groups[0]["lr"] = RATE * (1 - epoch / epochs)
        for chosen in torch.randperm(len(labels)).split(64):
            logits = head(gate(body(images[chosen])).mean((2, 3)))
            loss = nn.functional.cross_entropy(logits, labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            curve("loss", loss)
        body.eval()
        with torch.no_grad():
            maps = body(unseen)
            passed = gate(maps)
            logits = head(passed.mean((2, 3)))
        curve("accuracy", (logits.argmax(dim=1) == answers).float().mean())
    return logits, passed.sum((2, 3)) / maps.sum((2, 3)).clamp(min=1e-6)


# By hand, in float64.


def gates(first, second, x):
    squeezed = x.flatten(2).sum(dim=2) / (x.shape[2] * x.shape[3])
    hidden = squeezed @ first.T
    return torch.special.expit((hidden * (hidden > 0)) @ second.T)


def by_hand(first, second, x):
    return gates(first, second, x).unsqueeze(2).unsqueeze(3).expand_as(x) * x


def weights_of(tensors, channels, reduction):
    hidden = channels // reduction
    return 2 * tensors(hidden, channels, dtype=torch.float64), 2 * tensors(channels, hidden, dtype=torch.float64)


@pytest.mark.parametrize("case", [(8, 4), (6, 2), (4, 4)], ids=str)
def test_parameters(case):
    channels, reduction = case
    hidden = channels // reduction
    shapes, buffers = shapes_of(channels, reduction)
    squeezed = sorted([n for n in shape if n > 1] for shape in shapes)
    wanted = sorted([n for n in shape if n > 1] for shape in ((hidden, channels), (channels, hidden)))
    first_dimensions = sorted(shape[0] for shape in shapes if shape)
    expect(
        squeezed == wanted and first_dimensions == sorted([hidden, channels]) and not buffers,
        en="For C = {c} and r = {r} the parameters should be W₁ of shape ({h}, {c}) and W₂ of shape ({c}, {h}). "
        "They are: {shapes}.",
        ja="C = {c}、r = {r} のとき、パラメータは形状 ({h}, {c}) の W₁ と ({c}, {h}) の W₂ のはずです。"
        "実際は {shapes} です。",
        c=channels,
        r=reduction,
        h=hidden,
        shapes=", ".join(str(tuple(shape)) for shape in shapes) or "–",
    )


@every_case
def test_value(tensors, case):
    shape, reduction = case
    weights = weights_of(tensors, shape[1], reduction)
    x = tensors.strided(*shape, dtype=torch.float64)
    for values in (x, x.abs() + 0.5):
        out, *_ = recalibrated(*weights, values)
        expect_close(out, by_hand(*weights, values))


@every_case
def test_gate(tensors, case):
    shape, reduction = case
    # Smaller ones: near 1 a sigmoid would be rounded to 1.
    weights = [weight / 5 for weight in weights_of(tensors, shape[1], reduction)]
    x = 1 + tensors.uniform(0.0, 2.0, *shape, dtype=torch.float64)
    out, *_ = recalibrated(*weights, x)
    expect_shape(out, shape)
    gate = (out / x).flatten(2)
    expect(
        bool(((gate > 0) & (gate < 1)).all()) and torch.allclose(gate, gate[:, :, :1].expand_as(gate)),
        en="Each channel of each image should be multiplied by one number between 0 and 1.",
        ja="各画像の各チャンネルには、0 と 1 のあいだの数が 1 つずつ掛けられるはずです。",
    )
    alone = torch.cat([recalibrated(*weights, image)[0] for image in x.split(1)])
    expect_close(alone, out.detach(), what="SqueezeExcitation(image)")
    # The gate knows how much there is of a channel, and not where.
    turned = x.flip(2, 3)
    expect_close(recalibrated(*weights, turned)[0], by_hand(*weights, x).flip(2, 3))


@every_case
def test_gradient(tensors, case):
    shape, reduction = case
    weights = weights_of(tensors, shape[1], reduction)
    x = tensors(*shape, dtype=torch.float64)
    leaves = [value.clone().requires_grad_() for value in (x, *weights)]
    by_hand(leaves[1], leaves[2], leaves[0]).square().sum().backward()
    _, *came = recalibrated(*weights, x)
    for name, gradient, leaf in zip(("x", "W₁", "W₂"), came, leaves, strict=True):
        expect_gradient(None if gradient is None else gradient.reshape(leaf.shape), leaf.grad, what=f"{name}.grad")


@pytest.mark.parametrize("case", [((2, 4, 3, 5), 2), ((1, 6, 2, 2), 3)], ids=str)
def test_residual(tensors, case):
    shape, reduction = case
    channels = shape[1]
    weights = weights_of(tensors, channels, reduction)
    maps = [tensors(channels, channels, dtype=torch.float64) for _ in range(2)]
    x = tensors(*shape, dtype=torch.float64)
    for ways, (out, shapes, gradients) in zip((1, 2), residual(*weights, maps, x), strict=True):
        leaves = [value.clone().requires_grad_() for value in (x, *maps[:ways])]
        through = [torch.einsum("oi,nihw->nohw", weight, leaves[0]) for weight in leaves[1:]]
        kept = through[1] if ways == 2 else leaves[0]
        y = by_hand(*weights, through[0]) + kept
        expected = y * (y > 0)
        expect(
            len(shapes) == 2,
            en="Beside branch and shortcut the block should have the two parameters of one SqueezeExcitation, "
            "but it has {count}.",
            ja="branch と shortcut のほかにブロックがもつパラメータは、1 つの SqueezeExcitation の 2 つだけのはずです。"
            "実際は {count} 個あります。",
            count=len(shapes),
        )
        expect_close(out, expected.detach())
        expected.square().sum().backward()
        for name, gradient, leaf in zip(("x", "branch", "shortcut"), gradients, leaves, strict=False):
            expect_gradient(None if gradient is None else gradient.reshape(leaf.shape), leaf.grad, what=f"{name}.grad")


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("training", [True, False], ids=["train", "eval"])
def test_resnet(tensors, seed, stride, training):
    inputs, channels, reduction = 3, 8, 4
    weights = weights_of(tensors, channels, reduction)
    torch.manual_seed(seed)
    parts = branch_of(inputs, channels, stride)
    state = [part.state_dict() for part in parts]
    state = [{name: value.clone() for name, value in one.items()} for one in state]
    for one in state:
        for name in one:
            if "running_mean" in name:
                one[name] = tensors(channels)
    x = tensors(4, inputs, 6, 5, dtype=torch.float64)
    out, running, untouched = resnet_block(state, *weights, x, stride, training)
    for part, one in zip(parts, state, strict=True):
        part.load_state_dict(one)
        part.to(x).train(training)
    y = by_hand(*weights, parts[0](x)) + parts[1](x)
    expect_close(out, y.clamp(min=0))
    expect_close(running, parts[0][4].running_mean, what="running_mean")
    expect(untouched, en="forward should leave no gradients.", ja="forward は勾配を残さないはずです。")


def test_digits(tensors, seed):
    images, labels = (torch.tensor(a) for a in load_digits(return_X_y=True))
    order = tensors.uniform(0, 1, len(labels)).argsort()
    images, labels = images[order].float().reshape(-1, 1, 8, 8) / 16, labels[order]
    answers = labels[SEEN:]
    logits, passed = digits_learned(images[:SEEN], labels[:SEEN], images[SEEN:], answers, 4, seed)
    by_digit = torch.stack([passed[answers == digit].mean(dim=0) for digit in range(10)])
    matrix("gates", by_digit, rows=[str(digit) for digit in range(10)], axes=("class", "channel"))
    expect_at_least(
        (logits.argmax(dim=1) == answers).double().mean().item(),
        0.85,
        en="the accuracy on 400 digits not seen before",
        ja="未知の数字 400 枚での正解率",
    )

import pytest
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional as F

from tutor.testing import (
    curve,
    describe,
    expect,
    expect_at_least,
    expect_close,
    expect_shape,
    probe,
)

SEEN = 1200


def linear_model(weight, bias):
    """Flattens its input, then applies these parameters."""
    model = nn.Sequential(nn.Flatten(), nn.Linear(weight.shape[1], weight.shape[0])).to(weight)
    model[1].load_state_dict({"weight": weight, "bias": bias})
    return model


@probe
def shapes_seen(submission, weight, bias, x, target):
    """Shapes of all that model and criterion received: inputs, outputs and targets."""
    model = linear_model(weight, bias)
    inputs, outputs, targets = [], [], []
    model.register_forward_pre_hook(lambda _module, received: inputs.append(list(received[0].shape)))

    def criterion(output, wanted):
        outputs.append(list(output.shape))
        targets.append(list(wanted.shape))
        return output.square().mean()

    submission.one_sample_step(model, criterion, torch.optim.SGD(model.parameters(), lr=0.1), x, target)
    return inputs, outputs, targets


@probe
def walk(submission, weight, bias, samples, rate, momentum, left):
    """A step for each sample, with one optimizer; what was returned, and the parameters after each step.

    left: gradients that lie on the parameters when the first step begins, or None.
    """
    model = linear_model(weight, bias)
    optimizer = torch.optim.SGD(model.parameters(), lr=rate, momentum=momentum)
    if left is not None:
        for parameter, gradient in zip(model.parameters(), left, strict=True):
            parameter.grad = gradient
    returned, path = [], []
    for x, target in samples:
        returned.append(submission.one_sample_step(model, F.cross_entropy, optimizer, x, target))
        path.append([parameter.detach().clone() for parameter in model.parameters()])
    return returned, path


@probe
def sample_after(submission, weight, bias, x, target):
    model = linear_model(weight, bias)
    submission.one_sample_step(model, F.cross_entropy, torch.optim.SGD(model.parameters(), lr=0.1), x, target)
    return x, target


def network():
    return nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))


@probe
def stream(submission, start, images, labels, unseen):
    """Learn from each image once, in turn; return the logits of the images not seen."""
    model = network().to(images.device)
    model.load_state_dict(start)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    recent = 2.3
    for i, (image, label) in enumerate(zip(images, labels, strict=True)):
        loss = submission.one_sample_step(model, F.cross_entropy, optimizer, image, label)
        recent = 0.98 * recent + 0.02 * float(loss)
        if i % 10 == 0:
            curve("loss", recent)
    return model(unseen)


def closed_form(weight, bias, samples, rate, momentum=0.0):
    """Losses and parameters by hand: dL/dz = softmax(z) - onehot, and SGD with momentum as torch defines it."""
    weight, bias = weight.clone(), bias.clone()
    v_weight, v_bias = torch.zeros_like(weight), torch.zeros_like(bias)
    losses, path = [], []
    for x, target in samples:
        flat = x.reshape(-1)
        z = weight @ flat + bias
        log_p = z - z.logsumexp(0)
        losses.append(-log_p[target].item())
        error = log_p.exp()
        error[target] -= 1
        v_weight = momentum * v_weight + torch.outer(error, flat)
        v_bias = momentum * v_bias + error
        weight, bias = weight - rate * v_weight, bias - rate * v_bias
        path.append((weight, bias))
    return losses, path


def setting(tensors, shape, classes, count):
    size = torch.Size(shape).numel()
    weight = 0.5 * tensors(classes, size, dtype=torch.float64)
    bias = 0.5 * tensors(classes, dtype=torch.float64)
    samples = [(tensors.strided(*shape, dtype=torch.float64), tensors.integers(classes, 1)[0]) for _ in range(count)]
    return weight, bias, samples


def expect_path(path, expected):
    for step, (came, wanted) in enumerate(zip(path, expected, strict=True), start=1):
        for name, value, right in zip(("weight", "bias"), came, wanted, strict=True):
            expect_close(value, right, what=f"#{step} {name}")


def expect_batch(call, what, came, wanted):
    expect(
        len(came) > 0,
        en="{call} was never called.",
        ja="{call} が一度も呼ばれていません。",
        call=call,
    )
    expect(
        all(shape == wanted for shape in came),
        en="In {call} the {what} should have shape {wanted}, but it had {came}.",
        ja="{call} で、{what} の形状は {wanted} のはずですが、{came} でした。",
        call=call,
        what=what,
        wanted=tuple(wanted),
        came=", ".join(str(tuple(shape)) for shape in came[:3]),
    )


@pytest.mark.parametrize("shape", [(5,), (1,), (1, 4, 4), (2, 3, 5)], ids=str)
def test_batch_of_one(tensors, shape):
    weight, bias, samples = setting(tensors, shape, 3, 1)
    x, label = samples[0]
    for target in (label, tensors(3, dtype=torch.float64)):
        inputs, outputs, targets = shapes_seen(weight, bias, x, target)
        expect_batch("model(x)", "input", inputs, [1, *shape])
        expect_batch("criterion(output, target)", "output", outputs, [1, 3])
        expect_batch("criterion(output, target)", "target", targets, [1, *target.shape])


@pytest.mark.parametrize("shape", [(4,), (1,), (1, 3, 3)], ids=str)
def test_update(tensors, shape):
    for classes in (2, 5):
        weight, bias, samples = setting(tensors, shape, classes, 1)
        _, path = walk(weight, bias, samples, 0.3, 0.0, None)
        expect_path(path, closed_form(weight, bias, samples, 0.3)[1])


def test_no_leak(tensors):
    weight, bias, samples = setting(tensors, (4,), 3, 6)
    expected = closed_form(weight, bias, samples, 0.3)[1]
    expect_path(walk(weight, bias, samples, 0.3, 0.0, None)[1], expected)
    left = [5 * tensors(3, 4, dtype=torch.float64), 5 * tensors(3, dtype=torch.float64)]
    expect_path(walk(weight, bias, samples, 0.3, 0.0, left)[1], expected)


def test_given_optimizer(tensors):
    weight, bias, samples = setting(tensors, (4,), 3, 6)
    for rate, momentum in ((0.02, 0.9), (0.7, 0.5)):
        _, path = walk(weight, bias, samples, rate, momentum, None)
        expect_path(path, closed_form(weight, bias, samples, rate, momentum)[1])


def test_loss(tensors):
    weight, bias, samples = setting(tensors, (4,), 3, 3)
    returned, _ = walk(weight, bias, samples, 0.3, 0.0, None)
    for came, wanted in zip(returned, closed_form(weight, bias, samples, 0.3)[0], strict=True):
        expect(
            isinstance(came, float),
            en="The step should return a Python float, but it returned {came} ({kind}).",
            ja="戻り値は Python の float のはずですが、{came}（{kind}）が返ってきました。",
            came=describe(came),
            kind=type(came).__name__,
        )
        expect_close(came, wanted, what="loss")


def test_sample_untouched(tensors):
    for shape in ((4,), (1, 3, 3)):
        weight, bias, samples = setting(tensors, shape, 3, 1)
        x, target = samples[0]
        after = sample_after(weight, bias, x, target)
        for name, before, now in zip(("x", "target"), (x, target), after, strict=True):
            expect_shape(now, tuple(before.shape), what=f"{name} (after)")
            expect_close(now, before, what=f"{name} (after)")


@pytest.fixture(scope="module")
def learned(module_tensors):
    """Logits of the unseen digits after one pass over the others, and what they are."""
    features, labels = load_digits(return_X_y=True)
    order = module_tensors.uniform(0, 1, len(labels)).argsort()
    images = torch.tensor(features, dtype=torch.float32).reshape(-1, 1, 8, 8)[order] / 16
    labels = torch.tensor(labels)[order]
    start = {
        name: module_tensors.uniform(-1, 1, *value.shape) / (8 if "1." in name else 32**0.5)
        for name, value in network().state_dict().items()
    }
    return stream(start, images[:SEEN], labels[:SEEN], images[SEEN:]), labels[SEEN:]


def test_digits(learned):
    logits, labels = learned
    expect_shape(logits, (len(labels), 10), what="logits")
    expect_at_least(
        (logits.argmax(1) == labels).double().mean(),
        0.8,
        en="the accuracy on digits not seen before, after one pass",
        ja="1 巡だけ学習したあとの、未知の数字での正解率",
    )

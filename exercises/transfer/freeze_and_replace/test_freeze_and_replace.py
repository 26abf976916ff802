import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torchvision.models import resnet18
from torchvision.models.resnet import BasicBlock, conv1x1

from tutor.testing import expect, expect_close, expect_gradient, expect_shape, probe


class Narrow(nn.Module):
    """A ResNet as torchvision makes it, with its own blocks, but few channels and one block a stage."""

    def __init__(self, widths):
        super().__init__()
        self.conv1 = nn.Conv2d(3, widths[0], 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(widths[0])
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        for n, (given, out) in enumerate(zip((widths[0], *widths), widths, strict=False), start=1):
            down = nn.Sequential(conv1x1(given, out, 2), nn.BatchNorm2d(out)) if n > 1 else None
            self.add_module(f"layer{n}", nn.Sequential(BasicBlock(given, out, 1 if n == 1 else 2, down)))
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(widths[-1], 10)

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.avgpool(self.layer4(self.layer3(self.layer2(self.layer1(x)))))
        return self.fc(torch.flatten(x, 1))


def narrow_of(widths, state, device):
    network = Narrow(widths).double().to(device)
    network.load_state_dict(state)
    return network


@probe
def looked_at(submission, widths, state, classes, images, device):
    """Logits in eval mode, and name, values and requires_grad of each parameter."""
    module = submission.Transferred(narrow_of(widths, state, device), classes).double().to(device)
    module.eval()
    parameters = [(p.detach(), p.requires_grad) for p in module.parameters()]
    return module(images), parameters


@probe
def trained(submission, widths, state, classes, batches, pulls, device):
    """Three steps of SGD with weight decay on everything there is. Parameters and buffers, before and after."""
    module = submission.Transferred(narrow_of(widths, state, device), classes).double().to(device)
    module.train()

    def now():
        return [p.detach().clone() for p in module.parameters()], [b.clone() for b in module.buffers()]

    before, came = now(), []
    optimizer = torch.optim.SGD(module.parameters(), lr=0.1, weight_decay=0.1)
    for images, pull in zip(batches, pulls, strict=True):
        optimizer.zero_grad()
        logits = module(images)
        came.append(logits.detach())
        if logits.shape == pull.shape and logits.requires_grad:
            (logits * pull).sum().backward()
        optimizer.step()
    return came, before, now(), [None if p.grad is None else p.grad for p in module.parameters()]


@probe
def modes(submission, widths, state, classes, images, device):
    """Logits after train() and after eval(), for all images and one by one; whether train() gave the module back."""
    module = submission.Transferred(narrow_of(widths, state, device), classes).double().to(device)
    came = [(module(images), [module(image[None]) for image in images])]
    given, told = [], []
    for mode in (True, False, True):
        given.append((module.train() if mode else module.train(False)) is module)
        told.append(module.training)
        came.append((module(images), [module(image[None]) for image in images]))
    module.eval()
    told.append(module.training)
    came.append((module(images), [module(image[None]) for image in images]))
    return came, given, told


@probe
def with_resnet18(submission, seed, classes, images, device):
    """The same with the network of 11 million parameters: logits, and shape and freedom of each parameter."""
    torch.manual_seed(seed)
    module = submission.Transferred(resnet18(weights=None), classes).to(device)
    module.train()
    logits = module(images)
    return logits, [(list(p.shape), p.requires_grad) for p in module.parameters()]


def pretrained(tensors, widths):
    """A state as a training would have left it: no zeros, no ones."""
    state = {}
    for name, value in Narrow(widths).state_dict().items():
        if name.endswith("num_batches_tracked"):
            state[name] = torch.tensor(100)
        elif name.endswith("running_var"):
            state[name] = tensors.uniform(0.5, 2, *value.shape, dtype=torch.float64)
        else:
            given = value[0].numel() if value.dim() > 1 else 1
            state[name] = tensors(*value.shape, dtype=torch.float64) / given**0.5
    return state


def expected_features(state, images):
    """What the backbone says before its fc, with its running statistics."""

    def normed(x, name):
        keys = ("running_mean", "running_var", "weight", "bias")
        mean, var, weight, bias = (state[f"{name}.{key}"].reshape(-1, 1, 1) for key in keys)
        return (x - mean) / (var + 1e-5).sqrt() * weight + bias

    x = normed(F.conv2d(images, state["conv1.weight"], stride=2, padding=3), "bn1").relu()
    x = F.max_pool2d(x, 3, stride=2, padding=1)
    for n in range(1, 5):
        block, stride = f"layer{n}.0", 1 if n == 1 else 2
        hidden = normed(F.conv2d(x, state[f"{block}.conv1.weight"], stride=stride, padding=1), f"{block}.bn1").relu()
        hidden = normed(F.conv2d(hidden, state[f"{block}.conv2.weight"], padding=1), f"{block}.bn2")
        if n > 1:
            x = normed(F.conv2d(x, state[f"{block}.downsample.0.weight"], stride=stride), f"{block}.downsample.1")
        x = (x + hidden).relu()
    return x.mean((2, 3))


@pytest.fixture
def given(tensors):
    """Widths of the stages, a state, the number of classes and images."""
    widths = [4, 4, 6, tensors.choice((5, 7, 9))]
    return widths, pretrained(tensors, widths), 3, tensors(5, 3, 40, 40, dtype=torch.float64)


def backbone_only(state):
    return [v for k, v in state.items() if not k.startswith("fc.")]


def head_of(parameters, widths, classes):
    """Weight and bias of the new layer among the parameters, by their shapes."""
    found = [[p for p in parameters if tuple(p.shape) == shape] for shape in ((classes, widths[-1]), (classes,))]
    expect(
        all(found),
        en="parameters() should hold a weight of shape {weight} and a bias of shape {bias} for the new layer.",
        ja="parameters() には、新しい層の形状 {weight} の重みと形状 {bias} のバイアスが含まれるはずです。",
        weight=(classes, widths[-1]),
        bias=(classes,),
    )
    return found[0][-1], found[1][-1]


def test_head(given):
    widths, state, classes, images = given
    logits, parameters = looked_at(widths, state, classes, images)
    expect_shape(logits, (5, classes), what="logits")
    weight, bias = head_of([p for p, _ in parameters], widths, classes)
    expected = expected_features(state, images) @ weight.T + bias
    expect_close(logits, expected, what="logits")
    from_the_old = min(float((weight - state["fc.weight"][n : n + classes]).abs().max()) for n in range(8))
    expect(
        bool(weight.std() > 0) and from_the_old > 1e-4,
        en="The new layer should be initialised afresh, as nn.Linear does it.",
        ja="新しい層は、nn.Linear の初期化で新しく作ります。",
    )


def test_only_the_head(given):
    widths, state, classes, images = given
    _, parameters = looked_at(widths, state, classes, images)
    free = sorted(tuple(p.shape) for p, learns in parameters if learns)
    expect(
        free == [(classes,), (classes, widths[-1])],
        en="requires_grad is set for {count} parameters; it should be for two: weight and bias of the new layer.",
        ja="requires_grad が真のパラメータは {count} 個ですが、新しい層の重みとバイアスの 2 個だけのはずです。",
        count=len(free),
    )


def test_step(given, tensors):
    widths, state, classes, images = given
    batches = [images[:3], images[3:], images]
    pulls = [tensors(len(batch), classes, dtype=torch.float64) for batch in batches]
    came, before, after, gradients = trained(widths, state, classes, batches, pulls)
    weight, bias = head_of(before[0], widths, classes)
    for n, (images_now, pull) in enumerate(zip(batches, pulls, strict=True)):
        features = expected_features(state, images_now)
        expect_close(came[n], features @ weight.T + bias, what=f"logits[{n}]")
        of_weight, of_bias = pull.T @ features, pull.sum(0)
        weight, bias = weight - 0.1 * (of_weight + 0.1 * weight), bias - 0.1 * (of_bias + 0.1 * bias)
    last_weight, last_bias = head_of(after[0], widths, classes)
    expect_close(last_weight, weight, what="weight")
    expect_close(last_bias, bias, what="bias")
    shapes = [tuple(p.shape) for p in before[0]]
    for shape, gradient in zip(shapes, gradients, strict=True):
        if shape in ((classes, widths[-1]), (classes,)):
            expect_gradient(gradient, of_bias if shape == (classes,) else of_weight)
    unmoved = sum(torch.equal(p, q) for p, q in zip(before[0], after[0], strict=True))
    expect(
        unmoved == len(shapes) - 2,
        en="Three steps changed {moved} parameters; only the weight and the bias of the new layer should move.",
        ja="3 ステップで {moved} 個のパラメータが変わりました。動くのは新しい層の重みとバイアスの 2 個だけのはずです。",
        moved=len(shapes) - unmoved,
    )


def test_statistics(given, tensors):
    widths, state, classes, images = given
    pulls = [tensors(5, classes, dtype=torch.float64)] * 3
    _, before, after, _ = trained(widths, state, classes, [images, images + 1, 2 * images], pulls)
    moved = sum(not torch.equal(a, b) for a, b in zip(before[1], after[1], strict=True))
    expect(
        moved == 0,
        en="Three steps in train mode changed {moved} running statistics of the frozen backbone.",
        ja="学習モードの 3 ステップで、凍結したバックボーンの移動統計量が {moved} 個変わりました。",
        moved=moved,
    )
    expected = [v for k, v in state.items() if "running" in k]
    kept = sum(any(v.shape == b.shape and torch.equal(v, b) for b in after[1]) for v in expected)
    expect(
        kept == len(expected),
        en="Of {count} running statistics that were pretrained, {kept} are still there.",
        ja="事前学習された移動統計量 {count} 個のうち、残っているのは {kept} 個です。",
        count=len(expected),
        kept=kept,
    )


def test_train_mode(given):
    widths, state, classes, images = given
    came, returned, training = modes(widths, state, classes, images)
    for n, (together, alone) in enumerate(came):
        expect_shape(together, (5, classes), what="logits")
        for k, logits in enumerate(alone):
            expect_close(logits, together[k : k + 1].detach(), what=f"logits[{k}]")
        expect_close(together, came[0][0].detach(), what=("logits", "train()", "eval()", "train()", "eval()")[n])
    expect(
        returned == [True] * 3,
        en="train() should return the module itself, as nn.Module's does: people write `model = model.train()`.",
        ja="train() は、nn.Module のものと同じく、モジュール自身を返します。`model = model.train()` と書けるように"
        "するためです。",
    )
    expect(
        training == [True, False, True, False],
        en="`training` should be True after train() and False after train(False) and eval(): what is put on top of the "
        "backbone, dropout for instance, goes by it.",
        ja="`training` は、train() のあとは True、train(False) と eval() のあとは False になるはずです。"
        "バックボーンの上にドロップアウトなどを置けば、それに従います。",
    )


def test_resnet18(tensors, seed):
    logits, parameters = with_resnet18(seed, 7, tensors(2, 3, 32, 32))
    expect_shape(logits, (2, 7), what="logits")
    free = sorted(tuple(shape) for shape, learns in parameters if learns)
    frozen = sum(torch.Size(shape).numel() for shape, learns in parameters if not learns)
    expect(
        free == [(7,), (7, 512)],
        en="With resnet18 and 7 classes, the parameters that learn should be a weight of shape (7, 512) and a bias of "
        "shape (7,); they have the shapes {came}.",
        ja="resnet18 と 7 クラスなら、学習するパラメータは形状 (7, 512) の重みと形状 (7,) のバイアスのはずですが、"
        "形状は {came} です。",
        came=free,
    )
    of_norms = 9_600  # scales and shifts, which torchvision's FrozenBatchNorm2d keeps as buffers
    expect(
        frozen in (11_176_512, 11_176_512 - of_norms),
        en="With resnet18, 11,176,512 numbers should be there and frozen; it is {came}.",
        ja="resnet18 では 11,176,512 個の数が凍結されて残るはずですが、{came} 個です。",
        came=f"{frozen:,}",
    )

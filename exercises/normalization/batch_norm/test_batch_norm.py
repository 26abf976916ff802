import pytest
import torch
from torch.nn import functional as F

from tutor.testing import (
    describe,
    expect,
    expect_close,
    expect_finite,
    expect_gradient,
    expect_shape,
    forbid,
    probe,
)

DOUBLE = {"dtype": torch.float64}
STATE = ("weight", "bias", "running_mean", "running_var")
SHAPES = ((5, 3), (2, 1), (7, 4, 3), (4, 2, 3, 5), (2, 3, 2, 1, 4), (1, 3, 5), (1, 2, 2, 2))
OPTIONS = ({}, {"eps": 0.03, "momentum": 0.3}, {"momentum": 0.9})


def layer(submission, state, options, device):
    """The learner's layer in float64, with the given parameters and running statistics."""
    module = submission.BatchNorm(len(state["weight"]), **options).double()
    # Whatever else a module counts, as torch's does its batches, stays as it is.
    module.load_state_dict({**module.state_dict(), **state})
    return module.to(device)


@probe
def made(submission, channels):
    """Names and values of the parameters and the buffers of a fresh layer."""
    module = submission.BatchNorm(channels)
    return dict(module.named_parameters()), dict(module.named_buffers()), dict(module.state_dict())


@probe
def forward(submission, cases, training, device):
    """For each case: the output, the state after it, and the gradients of Σ g·y for x, weight and bias."""
    came = []
    for options, state, given, g in cases:
        module = layer(submission, state, options, device).train(training)
        x = given.to(device).requires_grad_()
        y = module(x)
        if isinstance(y, torch.Tensor) and y.requires_grad and y.shape == g.shape:
            (g.to(device) * y).sum().backward()
        parameters = dict(module.named_parameters())
        gradients = {"x": x.grad, **{name: parameters[name].grad for name in ("weight", "bias")}}
        after = module.state_dict()
        came.append((y, {name: after[name] for name in STATE}, gradients))
    return came


@probe
def called(submission, x, device):
    """Which of torch's own norms a forward calls."""
    with forbid("batch_norm", "native_batch_norm", "instance_norm", "group_norm", "layer_norm") as calls:
        submission.BatchNorm(x.shape[1]).to(device)(x.to(device))
    return calls.seen


@probe
def stream(submission, options, state, batches, single, device):
    """The buffers after each batch, in training mode; then the output for one sample in evaluation mode."""
    module = layer(submission, state, options, device).train()
    buffers = []
    for x in batches:
        module(x.to(device).requires_grad_())
        kept = dict(module.named_buffers())
        buffers.append({name: kept[name].detach().clone() for name in STATE[2:]})
    recorded = [name for name, buffer in module.named_buffers() if buffer.requires_grad]
    return buffers, recorded, module.eval()(single.to(device))


@probe
def one_value(submission, shapes, device):
    """The exception, by name, that a training forward raises for each shape with one value a channel."""
    raised = []
    for shape in shapes:
        module = submission.BatchNorm(shape[1]).to(device)
        try:
            module(torch.ones(shape, device=device))
            raised.append("")
        except NotImplementedError:
            raise
        except ValueError:
            raised.append("ValueError")
        except Exception as error:
            raised.append(type(error).__name__)
    return raised


@probe
def descended(submission, options, state, batches, rate, unseen, device):
    """Outputs while the layer is trained by SGD on the mean of (y − 1)²·(y + 2)²; then those in evaluation mode."""
    module = layer(submission, state, options, device)
    optimizer = torch.optim.SGD(module.parameters(), lr=rate)
    outputs = []
    for x in batches:
        y = module(x.to(device))
        optimizer.zero_grad()
        ((y - 1) * (y + 2)).square().mean().backward()
        optimizer.step()
        outputs.append(y.detach().clone())
    return outputs, module.eval()(unseen.to(device))


def drawn(tensors, channels):
    """Parameters and running statistics that are nobody's first ones."""
    return {
        "weight": tensors(channels, **DOUBLE),
        "bias": tensors(channels, **DOUBLE),
        "running_mean": tensors(channels, **DOUBLE),
        "running_var": tensors.uniform(0.2, 3.0, channels, **DOUBLE),
    }


def cases_of(tensors, shapes):
    """Each shape with each set of options; every second input has a spread that eps can be seen beside."""
    cases = []
    for number, shape in enumerate(shapes):
        for options in OPTIONS:
            scale = 0.01 if number % 2 else 3.0
            x = scale * tensors.strided(*shape, **DOUBLE) + tensors(shape[1], *(1,) * (len(shape) - 2), **DOUBLE)
            cases.append((options, drawn(tensors, shape[1]), x, tensors(*shape, **DOUBLE)))
    return cases


def torchs(case, training):
    """What torch's own gives: the output, the state after it, and the gradients."""
    options, state, x, g = case
    state = {name: value.clone() for name, value in state.items()}
    leaves = {"x": x.clone(), "weight": state["weight"], "bias": state["bias"]}
    for leaf in leaves.values():
        leaf.requires_grad_()
    y = F.batch_norm(
        leaves["x"],
        state["running_mean"],
        state["running_var"],
        state["weight"],
        state["bias"],
        training=training,
        momentum=options.get("momentum", 0.1),
        eps=options.get("eps", 1e-5),
    )
    (g * y).sum().backward()
    return y.detach(), state, {name: leaf.grad for name, leaf in leaves.items()}


def test_state():
    parameters, buffers, saved = made(3)
    expect(
        sorted(parameters) == ["bias", "weight"]
        and {"running_mean", "running_var"} <= set(buffers)
        and set(STATE) <= set(saved),
        en="There should be the parameters weight and bias and the buffers running_mean and running_var; there are the "
        "parameters {parameters} and the buffers {buffers}.",
        ja="パラメータは weight と bias、バッファは running_mean と running_var のはずですが、"
        "パラメータは {parameters}、バッファは {buffers} です。",
        parameters=sorted(parameters),
        buffers=sorted(buffers),
    )
    for name, first in (("weight", 1.0), ("bias", 0.0), ("running_mean", 0.0), ("running_var", 1.0)):
        value = parameters[name] if name in parameters else buffers[name]
        expect_close(value, torch.full((3,), first), what=name)


def test_training_output(tensors):
    cases = cases_of(tensors, SHAPES)
    for case, (y, _, _) in zip(cases, forward(cases, True), strict=True):
        expect_close(y, torchs(case, True)[0], what="output")
    seen = called(tensors(4, 3))
    expect(
        not seen,
        en="The forward calls {seen}. Here you write what stands behind it: the means and variances themselves.",
        ja="forward が {seen} を呼んでいます。ここではその中身、つまり平均と分散の計算そのものを書きます。",
        seen=", ".join(map(str, seen)),
    )


def test_training_gradient(tensors):
    cases = cases_of(tensors, SHAPES)
    for case, (_, _, gradients) in zip(cases, forward(cases, True), strict=True):
        expected = torchs(case, True)[2]
        for name in ("x", "weight", "bias"):
            expect_gradient(gradients[name], expected[name], what=f"{name}.grad", rtol=1e-6, atol=1e-8)


def test_running(tensors):
    for options in OPTIONS:
        for shape in ((2, 3), (3, 2, 2), (1, 2, 3, 2)):
            state = drawn(tensors, shape[1])
            batches = [2 * tensors(*shape, **DOUBLE) + 1 for _ in range(4)]
            single = tensors(1, *shape[1:], **DOUBLE)
            buffers, recorded, _ = stream(options, state, batches, single)
            mean, var = state["running_mean"].clone(), state["running_var"].clone()
            for number, (x, came) in enumerate(zip(batches, buffers, strict=True), start=1):
                F.batch_norm(x, mean, var, training=True, momentum=options.get("momentum", 0.1))
                expect_close(came["running_mean"], mean, what=f"running_mean #{number}")
                expect_close(came["running_var"], var, what=f"running_var #{number}")
            expect(
                not recorded,
                en="After training forwards, {names} hang on the graph of the batches.",
                ja="学習モードの forward のあと、{names} がバッチの計算グラフにつながったままです。",
                names=", ".join(recorded),
            )


def test_evaluation(tensors):
    cases = cases_of(tensors, (*SHAPES, (1, 3), (1, 1), (1, 2, 1, 1)))
    for case, (y, after, gradients) in zip(cases, forward(cases, False), strict=True):
        expected, state, wanted = torchs(case, False)
        expect_close(y, expected, what="output")
        for name in STATE:
            expect_close(after[name], state[name], what=name)
        for name in ("x", "weight", "bias"):
            expect_gradient(gradients[name], wanted[name], what=f"{name}.grad", rtol=1e-6, atol=1e-8)


def test_one_value():
    shapes = ((1, 3), (1, 2, 1), (1, 1, 1, 1))
    for shape, raised in zip(shapes, one_value(shapes), strict=True):
        expect(
            raised == "ValueError",
            en="In training mode, {shape} leaves one value for each channel: that should raise a ValueError, "
            "but what was raised is: {raised}.",
            ja="学習モードで形状 {shape} を渡すと、値はチャネルごとに 1 つしかありません。"
            "ValueError を送出するはずですが、送出されたのは {raised} です。",
            shape=shape,
            raised=describe(raised),
        )


@pytest.mark.parametrize("shape", [(6, 4), (3, 2, 4)], ids=str)
def test_agrees_with_torch(tensors, shape):
    options = {"eps": 1e-3, "momentum": 0.2}
    state = drawn(tensors, shape[1])
    batches = [tensors(*shape, **DOUBLE) + 2 for _ in range(5)]
    unseen = tensors(1, *shape[1:], **DOUBLE)
    came, last = descended(options, state, batches, 0.05, unseen)
    reference = torch.nn.BatchNorm1d(shape[1], **options).double()
    reference.load_state_dict(state, strict=False)
    optimizer = torch.optim.SGD(reference.parameters(), lr=0.05)
    for number, (x, y) in enumerate(zip(batches, came, strict=True), start=1):
        expected = reference(x)
        expect_shape(y, shape, what=f"#{number} output")
        expect_finite(y, what=f"#{number} output")
        expect_close(y, expected, what=f"#{number} output", rtol=1e-6)
        optimizer.zero_grad()
        ((expected - 1) * (expected + 2)).square().mean().backward()
        optimizer.step()
    expect_close(last, reference.eval()(unseen), what="output", rtol=1e-6)

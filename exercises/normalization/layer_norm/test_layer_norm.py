import torch
from torch.nn import functional as F

from tutor.testing import (
    describe,
    expect,
    expect_close,
    expect_gradient,
    forbid,
    probe,
)

DOUBLE = {"dtype": torch.float64}
# (the shape of x, normalized_shape)
SHAPES = (
    ((4, 5), 5),
    ((4, 5), (5,)),
    ((2, 3, 4), 4),
    ((2, 3, 4), (3, 4)),
    ((3, 2, 3, 2), (2, 3, 2)),
    ((3, 2, 3, 2), (3, 2)),
    ((2, 2, 3, 2), (2,)),
    ((1, 7), 7),
    ((1, 3, 1), (1,)),
    ((6,), 6),
    ((3, 3), (3, 3)),
)
OPTIONS = ({}, {"eps": 0.05}, {"elementwise_affine": False})


def layer(submission, shape, options, state, device):
    """The learner's layer in float64, with the given parameters."""
    module = submission.LayerNorm(shape, **options).double()
    module.load_state_dict(state)
    return module.to(device)


@probe
def made(submission, shape, options):
    """Names and values of the parameters of a fresh layer, and of all that it saves."""
    module = submission.LayerNorm(shape, **options)
    return dict(module.named_parameters()), sorted({*module.state_dict(), *dict(module.named_buffers())})


@probe
def forward(submission, cases, training, device):
    """For each case: the output, and the gradients of Σ g·y for x, weight and bias."""
    came = []
    for shape, options, state, given, g in cases:
        module = layer(submission, shape, options, state, device).train(training)
        x = given.to(device).requires_grad_()
        y = module(x)
        if isinstance(y, torch.Tensor) and y.requires_grad and y.shape == g.shape:
            (g.to(device) * y).sum().backward()
        came.append((y, {"x": x.grad, **{name: value.grad for name, value in module.named_parameters()}}))
    return came


@probe
def called(submission, x, device):
    """Which of torch's own norms a forward calls."""
    with forbid("batch_norm", "instance_norm", "group_norm", "layer_norm", "native_layer_norm") as calls:
        submission.LayerNorm(x.shape[-1]).to(device)(x.to(device))
    return calls.seen


@probe
def after_others(submission, shape, state, others, x, device):
    """The output for x in training mode and in evaluation mode, after the layer has been trained on other batches."""
    module = layer(submission, shape, {}, state, device).train()
    for other in others:
        module(other.to(device))
    return module(x.to(device)), module.eval()(x.to(device))


@probe
def plain(submission, shape, inputs, device):
    """Outputs of a fresh layer for inputs of their own dtype."""
    return [submission.LayerNorm(shape).to(device, x.dtype)(x.to(device)) for x in inputs]


@probe
def refused(submission, cases, device):
    """The exception, by name, that is raised for each (normalized_shape, shape of x)."""
    raised = []
    for normalized, shape in cases:
        module = submission.LayerNorm(normalized).to(device)
        try:
            module(torch.ones(shape, device=device))
            raised.append("")
        except NotImplementedError:
            raise
        except Exception as error:
            raised.append("ValueError" if isinstance(error, ValueError) else type(error).__name__)
    return raised


def sizes(shape):
    return (shape,) if isinstance(shape, int) else shape


def cases_of(tensors):
    """Each shape with each set of options; every second input has a spread that eps can be seen beside."""
    cases = []
    for number, (whole, shape) in enumerate(SHAPES):
        for options in OPTIONS:
            x = (0.01 if number % 2 else 3.0) * tensors.strided(*whole, **DOUBLE) + tensors(**DOUBLE)
            state = {name: tensors(*sizes(shape), **DOUBLE) for name in ("weight", "bias")}
            state = state if options.get("elementwise_affine", True) else {}
            cases.append((shape, options, state, x, tensors(*whole, **DOUBLE)))
    return cases


def torchs(case):
    """What torch's own gives: the output and the gradients."""
    shape, options, state, x, g = case
    leaves = {name: value.clone().requires_grad_() for name, value in {"x": x, **state}.items()}
    eps = options.get("eps", 1e-5)
    y = F.layer_norm(leaves["x"], sizes(shape), leaves.get("weight"), leaves.get("bias"), eps)
    (g * y).sum().backward()
    return y.detach(), {name: leaf.grad for name, leaf in leaves.items()}


def test_state():
    for shape in (5, (5,), (2, 3)):
        for options in ({}, {"elementwise_affine": False}):
            parameters, saved = made(shape, options)
            names = [] if options else ["bias", "weight"]
            expect(
                sorted(parameters) == names and saved == names,
                en="LayerNorm({shape}, {options}) should have the parameters {names} and no buffers; it has the "
                "parameters {parameters}, and saves {saved}.",
                ja="LayerNorm({shape}, {options}) のパラメータは {names} で、バッファはないはずですが、"
                "パラメータは {parameters}、保存されるものは {saved} です。",
                shape=shape,
                options=options,
                names=names,
                parameters=sorted(parameters),
                saved=saved,
            )
            for name in names:
                expect_close(parameters[name], torch.full(sizes(shape), float(name == "weight")), what=name)


def test_output(tensors):
    cases = cases_of(tensors)
    for case, (y, _) in zip(cases, forward(cases, True), strict=True):
        expect_close(y, torchs(case)[0], what="output")
    seen = called(tensors(4, 3))
    expect(
        not seen,
        en="The forward calls {seen}. Here you write what stands behind it: the means and variances themselves.",
        ja="forward が {seen} を呼んでいます。ここではその中身、つまり平均と分散の計算そのものを書きます。",
        seen=", ".join(map(str, seen)),
    )


def test_gradient(tensors):
    cases = cases_of(tensors)
    for case, (_, gradients) in zip(cases, forward(cases, True), strict=True):
        for name, expected in torchs(case)[1].items():
            expect_gradient(gradients.get(name), expected, what=f"{name}.grad", rtol=1e-6, atol=1e-8)


def test_alone(tensors):
    for whole, shape in SHAPES[:6]:
        state = {name: tensors(*sizes(shape), **DOUBLE) for name in ("weight", "bias")}
        others = [5 * tensors(*whole, **DOUBLE) + 3 for _ in range(3)]
        x = tensors(1, *whole[1:], **DOUBLE)
        expected = F.layer_norm(x, sizes(shape), state["weight"], state["bias"])
        for y in after_others(shape, state, others, x):
            expect_close(y, expected, what="output")


def test_far_from_zero(tensors):
    inputs = [tensors(3, 50) + far for far in (3000.0, -3000.0)]
    for x, y in zip(inputs, plain(50, inputs), strict=True):
        expected = F.layer_norm(x.double(), (50,)).float()
        # Around 3,000 a float32 keeps steps of 0.0002; a variance from sums of squares is off by about 1.
        expect_close(y, expected, what="output", rtol=0, atol=0.03)


def test_other_shape():
    cases = ((3, (4, 1)), ((2, 3), (5, 1, 3)), (3, (3, 4)), ((2, 3), (3,)))
    for (normalized, shape), raised in zip(cases, refused(cases), strict=True):
        expect(
            raised == "ValueError",
            en="LayerNorm({normalized}) was given x of shape {shape}, which does not end in that. It should raise a "
            "ValueError, but what was raised is: {raised}.",
            ja="LayerNorm({normalized}) に、末尾がそれと異なる形状 {shape} の x を渡しました。"
            "ValueError を送出するはずですが、送出されたのは {raised} です。",
            normalized=normalized,
            shape=shape,
            raised=describe(raised),
        )

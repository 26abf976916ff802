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
# (the shape of x, the numbers of groups)
SHAPES = (
    ((2, 12, 3), (1, 2, 3, 4, 6, 12)),
    ((3, 6, 2, 3), (1, 2, 3, 6)),
    ((2, 4, 1, 3, 2), (2, 4)),
    ((1, 6, 5), (3,)),
    ((4, 6), (1, 2)),
    ((2, 1, 7), (1,)),
)
IMAGES = ((2, 3, 5), (3, 2, 4, 3), (1, 4, 2, 2), (2, 1, 2, 3, 2))
OPTIONS = ({}, {"eps": 0.05, "affine": True}, {"affine": False})


@probe
def made(submission, channels, options):
    """Of a fresh layer of each kind: the parameters, and the names of all that it saves."""
    layers = {
        "GroupNorm": submission.GroupNorm(2, channels, **options),
        "InstanceNorm": submission.InstanceNorm(channels, **options),
    }
    return {
        kind: (dict(module.named_parameters()), sorted({*module.state_dict(), *dict(module.named_buffers())}))
        for kind, module in layers.items()
    }


@probe
def forward(submission, cases, training, device):
    """For each case: the output, and the gradients of Σ g·y for x, weight and bias. 0 groups: InstanceNorm."""
    came = []
    for groups, options, state, given, g in cases:
        channels = given.shape[1]
        made = (
            submission.GroupNorm(groups, channels, **options)
            if groups
            else submission.InstanceNorm(channels, **options)
        )
        module = made.double()
        module.load_state_dict(state)
        module = module.to(device).train(training)
        x = given.to(device).requires_grad_()
        y = module(x)
        if isinstance(y, torch.Tensor) and y.requires_grad and y.shape == g.shape:
            (g.to(device) * y).sum().backward()
        came.append((y, {"x": x.grad, **{name: value.grad for name, value in module.named_parameters()}}))
    return came


@probe
def called(submission, x, device):
    """Which of torch's own norms the forwards call."""
    with forbid("batch_norm", "instance_norm", "group_norm", "layer_norm", "native_group_norm") as calls:
        for module in (submission.GroupNorm(2, x.shape[1]), submission.InstanceNorm(x.shape[1])):
            module.to(device)(x.to(device))
    return calls.seen


@probe
def refused(submission, cases):
    """The exception, by name, that GroupNorm(groups, channels) raises."""
    raised = []
    for groups, channels in cases:
        try:
            submission.GroupNorm(groups, channels)
            raised.append("")
        except NotImplementedError:
            raise
        except Exception as error:
            raised.append("ValueError" if isinstance(error, ValueError) else type(error).__name__)
    return raised


def case_of(tensors, groups, options, shape, scale, affine):
    """Options, parameters, an input that is not contiguous, and the gradient of the output."""
    x = scale * tensors.strided(*shape, **DOUBLE) + tensors(shape[1], *(1,) * (len(shape) - 2), **DOUBLE)
    state = {name: tensors(shape[1], **DOUBLE) for name in ("weight", "bias")} if affine else {}
    return groups, options, state, x, tensors(*shape, **DOUBLE)


def group_cases(tensors):
    return [
        case_of(tensors, groups, options, shape, scale, options.get("affine", True))
        for shape, counts in SHAPES
        for groups in counts
        for options, scale in zip(OPTIONS, (0.01, 1.0, 3.0), strict=True)
    ]


def instance_cases(tensors):
    return [
        case_of(tensors, 0, options, shape, scale, options.get("affine", False))
        for shape in IMAGES
        for options, scale in zip(OPTIONS, (0.01, 1.0, 3.0), strict=True)
    ]


def torchs(case):
    """What torch's own gives: the output and the gradients."""
    groups, options, state, x, g = case
    leaves = {name: value.clone().requires_grad_() for name, value in {"x": x, **state}.items()}
    weight, bias, eps = leaves.get("weight"), leaves.get("bias"), options.get("eps", 1e-5)
    if groups:
        y = F.group_norm(leaves["x"], groups, weight, bias, eps)
    else:
        y = F.instance_norm(leaves["x"], weight=weight, bias=bias, eps=eps)
    (g * y).sum().backward()
    return y.detach(), {name: leaf.grad for name, leaf in leaves.items()}


def check_gradients(cases, came):
    for case, (_, gradients) in zip(cases, came, strict=True):
        for name, expected in torchs(case)[1].items():
            expect_gradient(gradients.get(name), expected, what=f"{name}.grad", rtol=1e-6, atol=1e-8)


def test_state():
    for options in ({}, {"affine": True}, {"affine": False}):
        for kind, (parameters, saved) in made(6, options).items():
            names = ["bias", "weight"] if options.get("affine", kind == "GroupNorm") else []
            expect(
                sorted(parameters) == names and saved == names,
                en="{kind} with {options}: the parameters should be {names}, with nothing else saved; they are "
                "{parameters}, and what is saved is {saved}.",
                ja="{kind}（{options}）のパラメータは {names} で、ほかに保存されるものはないはずですが、"
                "パラメータは {parameters}、保存されるものは {saved} です。",
                kind=kind,
                options=options,
                names=names,
                parameters=sorted(parameters),
                saved=saved,
            )
            for name in names:
                expect_close(parameters[name], torch.full((6,), float(name == "weight")), what=name)


def test_group_output(tensors):
    cases = group_cases(tensors)
    for case, (y, _) in zip(cases, forward(cases, True), strict=True):
        expect_close(y, torchs(case)[0], what=f"GroupNorm({case[0]}, {case[3].shape[1]})")
    seen = called(tensors(2, 4, 3))
    expect(
        not seen,
        en="The forward calls {seen}. Here you write what stands behind it: the means and variances themselves.",
        ja="forward が {seen} を呼んでいます。ここではその中身、つまり平均と分散の計算そのものを書きます。",
        seen=", ".join(map(str, seen)),
    )


def test_group_gradient(tensors):
    cases = group_cases(tensors)
    check_gradients(cases, forward(cases, True))


def test_instance(tensors):
    cases = instance_cases(tensors)
    came = forward(cases, True)
    for case, (y, _) in zip(cases, came, strict=True):
        expect_close(y, torchs(case)[0], what=f"InstanceNorm({case[3].shape[1]})")
    check_gradients(cases, came)


def test_evaluation(tensors):
    cases = group_cases(tensors)[::4] + instance_cases(tensors)
    for case, (y, _) in zip(cases, forward(cases, False), strict=True):
        expect_close(y, torchs(case)[0], what="output")


def test_refused():
    cases = ((4, 6), (5, 12), (7, 3))
    for (groups, channels), raised in zip(cases, refused(cases), strict=True):
        expect(
            raised == "ValueError",
            en="GroupNorm({groups}, {channels}) cannot be: {channels} channels do not make {groups} equal groups. It "
            "should raise a ValueError, but what was raised is: {raised}.",
            ja="{channels} チャネルを {groups} 個の等しいグループに分けることはできません。"
            "GroupNorm({groups}, {channels}) は ValueError を送出するはずですが、送出されたのは {raised} です。",
            groups=groups,
            channels=channels,
            raised=describe(raised),
        )

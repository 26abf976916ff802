import pytest
import torch
from torch import nn
from torchvision.models import resnet18

from tutor.testing import describe, expect, expect_close, expect_shape, fail, probe

# Name of each parameter and its shape.
SMALL = {
    "stem.weight": (3, 2),
    "stem.bias": (3,),
    "norm.weight": (3,),
    "body.0.weight": (4, 3),
    "body.1.weight": (4, 4),
    "body.1.bias": (4,),
    "head.weight": (2, 4),
    "head.bias": (2,),
}
STAGES = [["stem", "norm"], ["body.0"], ["body.1"], ["head"]]
TRICKY = {
    "token": (2,),
    "layer1.weight": (2, 2),
    "layer1.inner.bias": (2,),
    "layer10.weight": (3, 2),
    "layer2.layer1.weight": (3,),
    "layer2.layer10.weight": (2, 3),
    "tokens.weight": (4,),
}
# Beginnings of other names, nearer to the input than these and nearer to the head.
TRICKY_STAGES = [["layer10"], ["tokens"], ["layer2.layer1"], ["layer2.layer10"], ["layer1"], ["token"]]
OF_RESNET = [["conv1", "bn1"], ["layer1"], ["layer2"], ["layer3"], ["layer4"], ["fc"]]


def model_of(values, frozen, shared):
    """A model that consists of parameters with these names and values; ``shared`` are second names of some."""
    model = nn.Module()

    def place(name):
        module = model
        *above, last = name.split(".")
        for part in above:
            if part not in dict(module.named_children()):
                module.add_module(part, nn.Module())
            module = getattr(module, part)
        return module, last

    for name, value in values.items():
        module, last = place(name)
        module.register_parameter(last, nn.Parameter(value.clone(), requires_grad=name not in frozen))
    for name, same in shared.items():
        module, last = place(name)
        module.register_parameter(last, model.get_parameter(same))
    return model


@probe
def grouped(submission, values, stages, lr, factor, frozen, shared):
    """Each group's rate and the values of its parameters."""
    groups = submission.parameter_groups(model_of(values, frozen, shared), stages, lr, factor)
    return [(group["lr"], [p.detach() for p in group["params"]]) for group in groups]


@probe
def stepped(submission, values, gradients, stages, lr, factor, frozen, shared):
    """All parameters after one step of SGD, whose own rate, for groups that have none, is 1000."""
    model = model_of(values, frozen, shared)
    optimizer = torch.optim.SGD(submission.parameter_groups(model, stages, lr, factor), lr=1000.0)
    for name, gradient in gradients.items():
        model.get_parameter(name).grad = gradient.clone()
    optimizer.step()
    return {name: p.detach() for name, p in model.named_parameters()}


@probe
def refused(submission, values, stages, frozen):
    """What a ValueError says, None if there was none, and how many groups came instead."""
    try:
        groups = submission.parameter_groups(model_of(values, frozen, {}), stages, 0.1, 0.5)
    except ValueError as error:
        return str(error), 0
    return None, len(groups)


@probe
def of_resnet18(submission, stages, lr, factor):
    """Rates and shapes for the real network; on the meta device, where parameters have shapes and no values."""
    with torch.device("meta"):
        model = resnet18(weights=None)
    groups = submission.parameter_groups(model, stages, lr, factor)
    return [(group["lr"], [list(p.shape) for p in group["params"]]) for group in groups]


def values_for(tensors, shapes):
    return {name: tensors(*shape, dtype=torch.float64) for name, shape in shapes.items()}


def rates_for(stages, lr, factor):
    rates = [lr]
    while len(rates) < len(stages):
        rates.append(rates[-1] * factor)
    return rates[::-1]


def in_stage(name, names):
    return any(name == own or name.startswith(own + ".") for own in names)


def check_groups(came, values, stages, lr, factor, frozen=()):
    """Each group holds the parameters of its stage, each once, and its rate."""
    expected = []
    for names, rate in zip(stages, rates_for(stages, lr, factor), strict=True):
        members = [name for name in values if in_stage(name, names) and name not in frozen]
        if members:
            expected.append((rate, members))
    expect(
        len(came) == len(expected),
        en="There should be {expected} groups, but there are {came}.",
        ja="グループは {expected} 個のはずですが、{came} 個です。",
        expected=len(expected),
        came=len(came),
    )
    for n, ((rate, parameters), (expected_rate, members)) in enumerate(zip(came, expected, strict=True)):
        names = [
            next((name for name, v in values.items() if v.shape == p.shape and torch.equal(v, p)), "?")
            for p in parameters
        ]
        if sorted(names) != sorted(members):
            fail(
                en="Group {n} should hold {expected}; it holds {came}.",
                ja="グループ {n} には {expected} が入るはずですが、入っているのは {came} です。",
                n=n,
                expected=", ".join(sorted(members)),
                came=", ".join(sorted(names)) or "—",
            )
        expect_close(rate, expected_rate, what=f"groups[{n}]['lr']")


def test_members(tensors):
    values = values_for(tensors, SMALL)
    # A factor of 1: here only membership counts.
    came = grouped(values, STAGES, 0.1, 1.0, [], {})
    check_groups(came, values, STAGES, 0.1, 1.0)
    one = [["stem", "norm", "body", "head"]]
    check_groups(grouped(values, one, 0.1, 1.0, [], {}), values, one, 0.1, 1.0)


@pytest.mark.parametrize(("lr", "factor"), [(0.1, 0.5), (0.003, 0.9), (1.0, 0.1)])
def test_rates(tensors, lr, factor):
    values = values_for(tensors, SMALL)
    check_groups(grouped(values, STAGES, lr, factor, [], {}), values, STAGES, lr, factor)


def check_step(tensors, shapes, stages, frozen=()):
    values, gradients = values_for(tensors, shapes), values_for(tensors, shapes)
    given = {name: g for name, g in gradients.items() if name not in frozen}
    came = stepped(values, given, stages, 0.2, 0.3, list(frozen), {})
    for names, rate in zip(stages, rates_for(stages, 0.2, 0.3), strict=True):
        for name in values:
            if in_stage(name, names):
                expected = values[name] if name in frozen else values[name] - rate * gradients[name]
                expect_close(came[name], expected, what=name)


def test_step(tensors):
    check_step(tensors, SMALL, STAGES)


def test_names(tensors):
    values = values_for(tensors, TRICKY)
    check_groups(grouped(values, TRICKY_STAGES, 0.1, 0.5, [], {}), values, TRICKY_STAGES, 0.1, 0.5)
    check_step(tensors, TRICKY, TRICKY_STAGES)


def test_frozen(tensors):
    values = values_for(tensors, SMALL)
    for frozen in (["stem.bias", "body.1.weight"], ["body.0.weight"], ["head.weight", "head.bias"]):
        check_groups(grouped(values, STAGES, 0.1, 0.5, frozen, {}), values, STAGES, 0.1, 0.5, frozen)
    check_step(tensors, SMALL, STAGES, frozen=("body.1.weight", "body.1.bias", "stem.weight"))


def test_shared(tensors):
    # As embedding and output layer of a language model: one parameter, two names.
    values, gradients = values_for(tensors, SMALL), values_for(tensors, SMALL)
    came = stepped(values, gradients, STAGES, 0.2, 0.3, [], {"head.tied": "body.0.weight"})
    rates = rates_for(STAGES, 0.2, 0.3)
    before, gradient, after = values["body.0.weight"], gradients["body.0.weight"], came["body.0.weight"]
    expect_shape(after, tuple(before.shape), what="body.0.weight")
    moved = [torch.allclose(after, before - rate * gradient) for rate in (rates[1], rates[3])]
    expect(
        any(moved),
        en="A parameter that two stages share should move once, at the rate of one of them.",
        ja="2 つの段に共有されるパラメータは、どちらかの段の学習率で 1 回だけ動くはずです。",
    )
    expect_close(came["stem.weight"], values["stem.weight"] - rates[0] * gradients["stem.weight"], what="stem.weight")


@pytest.mark.parametrize("lost", [0, 1, 3])
def test_missing(tensors, lost):
    values = values_for(tensors, SMALL)
    stages = STAGES[:lost] + STAGES[lost + 1 :]
    said, groups = refused(values, stages, [])
    expect(
        said is not None,
        en="{name} is in none of the stages; a ValueError should say so, but {groups} groups came.",
        ja="{name} はどの段にもありません。ValueError になるはずですが、{groups} 個のグループが返りました。",
        name=", ".join(STAGES[lost]),
        groups=groups,
    )
    missing = [name for name in values if in_stage(name, STAGES[lost])]
    expect(
        any(name in str(said) for name in missing),
        en="The ValueError should name the parameter that is in none of the stages, such as {name}; it says: {said}.",
        ja="ValueError は、どの段にもないパラメータ、たとえば {name} の名前を示すはずですが、"
        "{said} としか書かれていません。",
        name=missing[0],
        said=describe(said),
    )
    said, groups = refused(values, stages, missing)
    expect(
        said is None,
        en="{name} is frozen and needs no stage, but a ValueError came.",
        ja="{name} は凍結されているので段に含まれなくてもよいのに、ValueError になりました。",
        name=", ".join(STAGES[lost]),
    )


def test_resnet18():
    came = of_resnet18(OF_RESNET, 0.01, 0.5)
    counts = [sum(torch.Size(shape).numel() for shape in shapes) for _, shapes in came]
    expected = [9_536, 147_968, 525_568, 2_099_712, 8_393_728, 513_000]
    expect(
        counts == expected,
        en="The groups of resnet18 should hold {expected} numbers; they hold {came}.",
        ja="resnet18 の各グループには {expected} 個の数が入るはずですが、{came} 個です。",
        expected=expected,
        came=counts,
    )
    for n, (rate, _) in enumerate(came):
        expect_close(rate, 0.01 / 2 ** (5 - n), what=f"groups[{n}]['lr']")

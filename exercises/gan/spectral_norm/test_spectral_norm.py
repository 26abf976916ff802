import pytest
import torch
from torch import nn
from torch.nn.utils.parametrizations import spectral_norm

from tutor.testing import describe, expect, expect_close, expect_gradient, expect_shape, probe

# (in_features, out_features)
SIZES = ((4, 3), (3, 7), (5, 5), (1, 4), (6, 1))


def layer(submission, state, sizes, device):
    """The learner's layer in float64, with the given weight, bias, u and v."""
    module = submission.SpectralLinear(*sizes, bias="bias" in state).double()
    module.load_state_dict(state)
    return module.to(device)


@probe
def made(submission, sizes, options):
    """Names and values of the parameters and buffers of a fresh layer."""
    module = submission.SpectralLinear(*sizes, **options)
    return (dict(module.named_parameters()), dict(module.named_buffers()), sorted(module.state_dict()))


@probe
def forward(submission, cases, times, training, device):
    """For each (sizes, state, x): the output of the last of several forwards, the state after it, and W's gradient."""
    came = []
    for sizes, state, x in cases:
        module = layer(submission, state, sizes, device).train(training)
        for _ in range(times - 1):
            module(x.to(device))
        y = module(x.to(device))
        if isinstance(y, torch.Tensor) and y.requires_grad:
            y.square().sum().backward()
        came.append((y, dict(module.state_dict()), dict(module.named_parameters())["weight"].grad))
    return came


@probe
def two_forwards(submission, sizes, state, real, fake, device):
    """The gradient for the weight after two forwards and one backward."""
    module = layer(submission, state, sizes, device)
    (module(fake.to(device)).square().sum() - module(real.to(device)).square().sum()).backward()
    return dict(module.named_parameters())["weight"].grad


@probe
def descended(submission, sizes, state, batches, rate, device):
    """The output for each batch while the layer is trained on the mean square of its outputs."""
    module = layer(submission, state, sizes, device)
    optimizer = torch.optim.SGD(module.parameters(), lr=rate)
    outputs = []
    for x in batches:
        y = module(x.to(device))
        optimizer.zero_grad()
        (y - 1).square().mean().backward()
        optimizer.step()
        outputs.append(y.detach().clone())
    return outputs


def unit(x):
    return x / x.square().sum().sqrt()


def drawn(tensors, sizes, bias=True):
    """Weight, bias and unit vectors."""
    inputs, outputs = sizes
    double = {"dtype": torch.float64}
    state = {"weight": tensors(outputs, inputs, **double), "bias": tensors(outputs, **double)}
    state |= {"u": unit(tensors(outputs, **double)), "v": unit(tensors(inputs, **double))}
    return state if bias else {name: value for name, value in state.items() if name != "bias"}


def iterated(weight, u, v, times=1):
    for _ in range(times):
        v = unit(torch.einsum("oi,o->i", weight, u))
        u = unit(torch.einsum("oi,i->o", weight, v))
    return u, v


def output(state, u, v, x):
    sigma = torch.einsum("o,oi,i->", u, state["weight"], v)
    return torch.einsum("...i,oi->...o", x, state["weight"]) / sigma + state.get("bias", 0.0)


def gradient(state, u, v, x):
    """Of the sum of the squared outputs, by the quotient rule."""
    sigma = torch.einsum("o,oi,i->", u, state["weight"], v)
    g = torch.einsum("no,ni->oi", 2 * output(state, u, v, x), x)
    return (g - (g * state["weight"]).sum() / sigma * torch.outer(u, v)) / sigma


@pytest.mark.parametrize("bias", [True, False], ids=("bias", "no_bias"))
def test_state(tensors, bias):
    # With a bias where nothing is said.
    options = {} if bias else {"bias": False}
    parameters, buffers, saved = made((4, 3), options)
    names = ["bias", "weight"] if bias else ["weight"]
    expect(
        sorted(parameters) == names and sorted(buffers) == ["u", "v"] and saved == sorted([*names, "u", "v"]),
        en="There should be the parameters {names} and the buffers u and v, all in state_dict; "
        "there are the parameters {parameters} and the buffers {buffers}.",
        ja="パラメータは {names}、バッファは u と v で、どれも state_dict に含まれるはずですが、"
        "パラメータは {parameters}、"
        "バッファは {buffers} です。",
        names=names,
        parameters=sorted(parameters),
        buffers=sorted(buffers),
    )
    expect_shape(parameters["weight"], (3, 4), what="weight")
    expect_shape(buffers["u"], (3,), what="u")
    expect_shape(buffers["v"], (4,), what="v")
    if bias:
        expect_shape(parameters["bias"], (3,), what="bias")
    for name in ("u", "v"):
        expect_close(buffers[name].norm(), torch.ones(()), what=f"|{name}|")
    other_parameters, other_buffers, _ = made((4, 3), options)
    for name, value, other in (
        ("weight", parameters["weight"], other_parameters["weight"]),
        ("u", buffers["u"], other_buffers["u"]),
        ("v", buffers["v"], other_buffers["v"]),
    ):
        expect(
            not torch.equal(value, other),
            en="Two layers begin with the same {name}: {value}. It should be random.",
            ja="2 つの層の {name} が同じ値で始まっています（{value}）。乱数で初期化してください。",
            name=name,
            value=describe(value),
        )


def check_state(came, state, u, v):
    for name, expected in {**state, "u": u, "v": v}.items():
        expect_close(came[name], expected, what=name)


def test_largest(tensors):
    cases = []
    for sizes in SIZES[:3]:
        state = drawn(tensors, sizes, bias=False)
        left, values, right = torch.linalg.svd(state["weight"], full_matrices=False)
        # The second one at three quarters of the first, so that fifty iterations are plenty.
        state["weight"] = left @ torch.diag(3 * 0.75 ** torch.arange(len(values), dtype=torch.float64)) @ right
        cases.append((sizes, state, torch.eye(sizes[0], dtype=torch.float64)))
    for (sizes, _, _), (y, _, _) in zip(cases, forward(cases, 50, True), strict=True):
        expect_shape(y, sizes, what="SpectralLinear(…)(eye)")
        came = torch.linalg.svdvals(y.nan_to_num())
        expected = 0.75 ** torch.arange(len(came), dtype=torch.float64)
        expect_close(came, expected, what="W/σ → singular values", rtol=0, atol=0.01)


def test_one_iteration(tensors):
    cases = []
    for sizes in SIZES:
        for bias in (True, False):
            for shape in ((1,), (2, 3)):
                x = tensors.strided(*shape, sizes[0], dtype=torch.float64)
                cases.append((sizes, drawn(tensors, sizes, bias), x))
    for (_, state, x), (y, after, _) in zip(cases, forward(cases, 1, True), strict=True):
        u, v = iterated(state["weight"], state["u"], state["v"])
        expect_close(y, output(state, u, v, x), what="output")
        check_state(after, state, u, v)


def test_gradient(tensors):
    cases = [(sizes, drawn(tensors, sizes), tensors(6, sizes[0], dtype=torch.float64)) for sizes in SIZES]
    for (_, state, x), (_, _, came) in zip(cases, forward(cases, 1, True), strict=True):
        u, v = iterated(state["weight"], state["u"], state["v"])
        expect_gradient(came, gradient(state, u, v, x), what="weight.grad")


def test_twice(tensors):
    sizes = (4, 3)
    state = drawn(tensors, sizes)
    real, fake = tensors(5, 4, dtype=torch.float64), tensors(2, 4, dtype=torch.float64)
    first = iterated(state["weight"], state["u"], state["v"])
    second = iterated(state["weight"], *first)
    expected = gradient(state, *first, fake) - gradient(state, *second, real)
    expect_gradient(two_forwards(sizes, state, real, fake), expected, what="weight.grad")


def test_evaluation(tensors):
    # Pairs of unit vectors that no iteration has made: u and v have to be taken as they are.
    cases = [(sizes, drawn(tensors, sizes), tensors(3, sizes[0], dtype=torch.float64)) for sizes in SIZES]
    for (_, state, x), (y, after, _) in zip(cases, forward(cases, 3, False), strict=True):
        expect_close(y, output(state, state["u"], state["v"], x), what="output")
        check_state(after, state, state["u"], state["v"])


def test_agrees_with_torch(tensors):
    sizes = (4, 3)
    state = drawn(tensors, sizes)
    batches = [tensors(6, 4, dtype=torch.float64) for _ in range(5)]
    came = descended(sizes, state, batches, 0.2)
    # torch's version makes u from v first. Given the transposed weight, with u and v in each other's place, it does as
    # Miyato et al. do.
    reference = nn.Linear(sizes[1], sizes[0], bias=False, dtype=torch.float64)
    reference.weight.data = state["weight"].T.clone()
    bias = state["bias"].clone().requires_grad_()
    spectral_norm(reference)
    reference.parametrizations.weight[0]._u.copy_(state["v"])
    reference.parametrizations.weight[0]._v.copy_(state["u"])
    optimizer = torch.optim.SGD([*reference.parameters(), bias], lr=0.2)
    for number, (x, y) in enumerate(zip(batches, came, strict=True), start=1):
        expected = x @ reference.weight + bias
        expect_close(y, expected, what=f"#{number} output")
        optimizer.zero_grad()
        (expected - 1).square().mean().backward()
        optimizer.step()

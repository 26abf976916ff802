import torch
from torch.nn import functional as F

from tutor.testing import (
    expect,
    expect_close,
    expect_gradient,
    expect_shape,
    probe,
)

DOUBLE = {"dtype": torch.float64}
# (channels, width, classes)
SIZES = ((3, 5, 4), (2, 7, 3), (1, 2, 10))
LAYERS = ("conv1", "conv2", "conv3", "hidden")
PARAMETERS = tuple(f"{layer}.weight" for layer in LAYERS) + tuple(
    f"norm{k}.{name}" for k in (1, 2, 3, 4) for name in ("weight", "bias")
)
WANTED = sorted((*PARAMETERS, "last.weight", "last.bias"))
RUNNING = ("running_mean", "running_var")


@probe
def made(submission, sizes):
    """The names of the parameters of a fresh network, and of the buffers."""
    net = submission.Net(*sizes)
    return sorted(name for name, _ in net.named_parameters()), sorted(name for name, _ in net.named_buffers())


@probe
def ran(submission, cases, training, device):
    """For each case: the logits, the state after it, and the gradients of Σ g·logits for the parameters."""
    came = []
    for sizes, state, x, g in cases:
        net = submission.Net(*sizes).double()
        # What the state does not name stays as it is, but a bias too many counts as 0: it is told of elsewhere.
        spare = {name: torch.zeros_like(value) for name, value in net.state_dict().items() if name.endswith(".bias")}
        net.load_state_dict({**spare, **state}, strict=False)
        net = net.to(device).train(training)
        logits = net(x.to(device))
        if isinstance(logits, torch.Tensor) and logits.requires_grad and logits.shape == g.shape:
            (g.to(device) * logits).sum().backward()
        gradients = {name: value.grad for name, value in net.named_parameters()}
        came.append((logits, dict(net.state_dict()), gradients))
    return came


def drawn(tensors, sizes, n):
    """Parameters, running statistics, images, and the gradient of the logits."""
    channels, width, classes = sizes
    outputs = dict(zip(LAYERS, (channels, channels, channels, width), strict=True))
    state = {}
    for k, (layer, size) in enumerate(outputs.items(), start=1):
        inputs = {"conv1": (1, 3, 3), "hidden": (16 * channels,)}.get(layer, (channels, 3, 3))
        state[f"{layer}.weight"] = tensors(size, *inputs, **DOUBLE)
        state[f"norm{k}.weight"] = tensors.uniform(0.5, 2.0, size, **DOUBLE)
        state[f"norm{k}.bias"] = 0.5 * tensors(size, **DOUBLE) + 0.3
        state[f"norm{k}.running_mean"] = tensors(size, **DOUBLE)
        state[f"norm{k}.running_var"] = tensors.uniform(0.5, 3.0, size, **DOUBLE)
    state["last.weight"] = tensors(classes, width, **DOUBLE)
    state["last.bias"] = tensors(classes, **DOUBLE)
    return sizes, state, tensors(n, 1, 8, 8, **DOUBLE), tensors(n, classes, **DOUBLE)


def cases_of(tensors, n=6):
    return [drawn(tensors, sizes, n) for sizes in SIZES]


def expected_of(case, training):
    """The logits, the state after it, and the gradients, from the equations of the lesson."""
    _, state, x, g = case
    state = {name: value.clone() for name, value in state.items()}
    trained = {name: state[name].requires_grad_() for name in WANTED}

    def normalized(k, y):
        of = [state[f"norm{k}.{name}"] for name in (*RUNNING, "weight", "bias")]
        return F.batch_norm(y, *of, training=training)

    def convolved(k, y):
        return normalized(k, F.conv2d(y, state[f"conv{k}.weight"], padding=1))

    a = convolved(1, x).relu()
    b = (a + convolved(3, convolved(2, a).relu())).relu()
    c = b.unfold(2, 2, 2).unfold(3, 2, 2).amax((4, 5)).flatten(1)
    logits = normalized(4, c @ state["hidden.weight"].T).relu() @ state["last.weight"].T + state["last.bias"]
    (g * logits).sum().backward()
    return logits.detach(), state, {name: value.grad for name, value in trained.items()}


def check_running(case, after, norms, training=True):
    """The running statistics tell what each norm was given."""
    expected = expected_of(case, training)[1]
    for k in norms:
        for name in RUNNING:
            full = f"norm{k}.{name}"
            expect(
                full in after,
                en="There is no {full}: {layer} has no norm of its own.",
                ja="{full} がありません。{layer} のための正規化層がないようです。",
                full=full,
                layer=LAYERS[k - 1],
            )
            expect_close(after[full], expected[full], what=full)


def test_parameters():
    parameters, buffers = made((3, 5, 4))
    norms = sorted({name.split(".")[0] for name in buffers})
    missing = sorted(set(WANTED) - set(parameters))
    spare = sorted(set(parameters) - set(WANTED))
    expect(
        parameters == WANTED and norms == ["norm1", "norm2", "norm3", "norm4"],
        en="Missing parameters: {missing}; parameters too many: {spare}; running statistics belong to {norms}.",
        ja="足りないパラメータ：{missing}、余分なパラメータ：{spare}、移動平均をもつ層：{norms}。",
        missing=", ".join(missing) or "–",
        spare=", ".join(spare) or "–",
        norms=", ".join(norms) or "–",
    )


def test_order(tensors):
    cases = cases_of(tensors)
    for case, (_, after, _) in zip(cases, ran(cases, True), strict=True):
        check_running(case, after, (1, 2))


def test_skip(tensors):
    cases = cases_of(tensors)
    for case, (_, after, _) in zip(cases, ran(cases, True), strict=True):
        check_running(case, after, (3,))
    # With nothing from the branch, the block hands on what came in.
    for _, state, _, _ in cases:
        state["norm3.weight"] = torch.zeros_like(state["norm3.weight"])
        state["norm3.bias"] = torch.zeros_like(state["norm3.bias"])
    for case, (logits, _, _) in zip(cases, ran(cases, True), strict=True):
        expect_close(logits, expected_of(case, True)[0], what="logits")


def test_logits(tensors):
    sizes, state, x, g = drawn(tensors, SIZES[0], 6)
    shift = tensors(sizes[2], **DOUBLE)
    twice = {**state, "last.weight": 2 * state["last.weight"], "last.bias": 2 * state["last.bias"]}
    moved = {**state, "last.bias": state["last.bias"] + shift}
    came = [logits for logits, _, _ in ran([(sizes, s, x, g) for s in (state, twice, moved)], True)]
    for logits in came:
        expect_shape(logits, (6, sizes[2]), what="logits")
    expect_close(came[1], 2 * came[0].detach(), what="logits")
    expect_close(came[2], came[0].detach() + shift, what="logits")


def test_training(tensors):
    cases = cases_of(tensors)
    for case, (logits, after, gradients) in zip(cases, ran(cases, True), strict=True):
        expected, _, wanted = expected_of(case, True)
        expect_close(logits, expected, what="logits")
        check_running(case, after, (4,))
        for name in WANTED:
            expect_gradient(gradients.get(name), wanted[name], what=f"{name}.grad", rtol=1e-6, atol=1e-8)


def test_evaluation(tensors):
    cases = cases_of(tensors) + cases_of(tensors, n=1)
    for case, (logits, after, _) in zip(cases, ran(cases, False), strict=True):
        expect_close(logits, expected_of(case, False)[0], what="logits")
        check_running(case, after, (1, 2, 3, 4), training=False)

import torch
from torch import nn

from tutor.testing import expect, expect_close, expect_gradient, expect_shape, fail, matrix, probe

# (B, T, S, d_model, heads)
SIZES = ((2, 3, 5, 12, 3), (1, 4, 4, 8, 2), (3, 1, 2, 6, 6), (2, 5, 3, 10, 1), (3, 2, 1, 4, 2), (4, 3, 4, 12, 4))
LAYERS = ("q_proj", "k_proj", "v_proj", "out_proj")


@probe
def shapes(submission, d_model, heads):
    """Names and shapes of all parameters and buffers."""
    module = submission.MultiHeadAttention(d_model, heads)
    return {name: list(value.shape) for name, value in module.state_dict().items()}


@probe
def refused(submission, sizes):
    """How each pair of sizes is taken: the names of the exception's classes, or nothing."""
    came = []
    for d_model, heads in sizes:
        try:
            submission.MultiHeadAttention(d_model, heads)
        except Exception as error:
            came.append([kind.__name__ for kind in type(error).__mro__])
        else:
            came.append([])
    return came


@probe
def attended(submission, cases, device):
    """Output and weights of each case."""
    results = []
    for state, d_model, heads, inputs, mask in cases:
        module = submission.MultiHeadAttention(d_model, heads).double()
        module.load_state_dict(state)
        module.to(device)
        results.append(module(*(x.to(device) for x in inputs), None if mask is None else mask.to(device)))
    return results


@probe
def gradients(submission, cases, device):
    """Gradients of a weighted sum of the output: of the parameters by name, and of the three inputs."""
    results = []
    for state, d_model, heads, inputs, mask, scale in cases:
        module = submission.MultiHeadAttention(d_model, heads).double()
        module.load_state_dict(state)
        module.to(device)
        leaves = [x.to(device).requires_grad_() for x in inputs]
        output, _ = module(*leaves, mask.to(device))
        if isinstance(output, torch.Tensor) and output.requires_grad and output.shape == scale.shape:
            (output * scale.to(device)).sum().backward()
        results.append((output, {name: p.grad for name, p in module.named_parameters()}, [x.grad for x in leaves]))
    return results


def drawn(tensors, b, t, s, d_model, heads):
    """State, sizes and inputs; everything in float64."""
    double = {"dtype": torch.float64}
    state = {}
    for layer in LAYERS:
        state[f"{layer}.weight"] = tensors(d_model, d_model, **double) / d_model**0.5
        state[f"{layer}.bias"] = tensors(d_model, **double)
    inputs = [
        tensors.strided(b, t, d_model, **double),
        tensors(s, b, d_model, **double).transpose(0, 1),
        tensors(b, d_model, s, **double).transpose(1, 2),
    ]
    return state, d_model, heads, inputs


def masks(tensors, b, heads, t, s):
    """Masks of several shapes that broadcast; each query may look somewhere."""
    for shape in ((t, s), (b, 1, 1, s), (b, 1, t, s), (b, heads, t, s)):
        mask = tensors.uniform(0, 1, *shape) < 0.5
        mask[..., tensors.choice(range(s))] = True
        yield mask


def theirs(state, d_model, heads):
    """torch's own module with the same weights."""
    module = nn.MultiheadAttention(d_model, heads, batch_first=True, dtype=torch.float64)
    names = ("q_proj", "k_proj", "v_proj")
    module.load_state_dict(
        {
            "in_proj_weight": torch.cat([state[f"{name}.weight"] for name in names]),
            "in_proj_bias": torch.cat([state[f"{name}.bias"] for name in names]),
            "out_proj.weight": state["out_proj.weight"],
            "out_proj.bias": state["out_proj.bias"],
        }
    )
    return module


def expected_for(state, d_model, heads, inputs, mask=None):
    if mask is not None:
        (b, t, _), s = inputs[0].shape, inputs[1].shape[1]
        mask = ~mask.expand(b, heads, t, s).reshape(b * heads, t, s)
    return theirs(state, d_model, heads)(*inputs, attn_mask=mask, average_attn_weights=False)


def pair(came):
    expect(
        isinstance(came, (tuple, list)) and len(came) == 2,
        en="forward should return two tensors, (output, weights).",
        ja="forward は 2 つのテンソル (output, weights) を返すはずです。",
    )
    return came


def test_parameters():
    for d_model, heads in ((12, 3), (6, 6)):
        expected = {f"{layer}.weight": [d_model, d_model] for layer in LAYERS}
        expected |= {f"{layer}.bias": [d_model] for layer in LAYERS}
        came = shapes(d_model, heads)
        for name in sorted(expected.keys() | came.keys()):
            expect(
                came.get(name) == expected.get(name),
                en="{name} in state_dict(): expected shape {expected}, came {came} (None: there is none).",
                ja="state_dict() の {name}：期待した形状は {expected} ですが、{came} でした（None は存在しないこと）。",
                name=name,
                expected=expected.get(name),
                came=came.get(name),
            )


def test_divisible():
    sizes = [[10, 3], [4, 8], [7, 2], [12, 3], [6, 6], [5, 1]]
    for (d_model, heads), kinds in zip(sizes, refused(sizes), strict=True):
        if d_model % heads == 0 and kinds:
            fail(
                en="MultiHeadAttention({d_model}, {heads}) should be made, but it raises {kind}.",
                ja="MultiHeadAttention({d_model}, {heads}) は作れるはずですが、{kind} になります。",
                d_model=d_model,
                heads=heads,
                kind=kinds[0],
            )
        expect(
            d_model % heads == 0 or "ValueError" in kinds,
            en="MultiHeadAttention({d_model}, {heads}) should raise ValueError; came: {kind}.",
            ja="MultiHeadAttention({d_model}, {heads}) は ValueError になるはずですが、{kind} でした。",
            d_model=d_model,
            heads=heads,
            kind=kinds[0] if kinds else "-",
        )


def test_output(tensors):
    cases = [(*drawn(tensors, *sizes), None) for sizes in SIZES]
    for case, came in zip(cases, attended(cases), strict=True):
        expect_close(pair(came)[0], expected_for(*case)[0], what="output")


def test_weights(tensors):
    cases = [(*drawn(tensors, *sizes), None) for sizes in SIZES]
    results = attended(cases)
    for case, came in zip(cases, results, strict=True):
        expect_close(pair(came)[1], expected_for(*case)[1], what="weights")
    for head, weights in enumerate(results[0][1][0][:2]):
        matrix(f"weights[0, {head}]", weights, axes=("query", "key"))


def test_mask(tensors):
    cases = []
    for b, t, s, d_model, heads in SIZES:
        case = drawn(tensors, b, t, s, d_model, heads)
        cases += [(*case, mask) for mask in masks(tensors, b, heads, t, s)]
    for case, came in zip(cases, attended(cases), strict=True):
        output, weights = expected_for(*case)
        expect_close(pair(came)[0], output, what="output")
        expect_close(came[1], weights, what="weights")


def test_gradient(tensors):
    cases = []
    for b, t, s, d_model, heads in SIZES:
        *_, mask = masks(tensors, b, heads, t, s)
        scale = tensors(b, t, d_model, dtype=torch.float64)
        cases.append((*drawn(tensors, b, t, s, d_model, heads), mask, scale))
    for case, (output, of_parameters, of_inputs) in zip(cases, gradients(cases), strict=True):
        state, d_model, heads, inputs, mask, scale = case
        (b, t, _), s = inputs[0].shape, inputs[1].shape[1]
        expect_shape(output, tuple(scale.shape), what="output")
        module = theirs(state, d_model, heads)
        leaves = [x.detach().clone().requires_grad_() for x in inputs]
        hidden = ~mask.expand(b, heads, t, s).reshape(b * heads, t, s)
        (module(*leaves, attn_mask=hidden, need_weights=True)[0] * scale).sum().backward()
        for name, x, gradient in zip(("query", "key", "value"), leaves, of_inputs, strict=True):
            expect_gradient(gradient, x.grad, what=f"{name}.grad")
        right = {
            "out_proj.weight": module.out_proj.weight.grad,
            "out_proj.bias": module.out_proj.bias.grad,
        }
        for i, layer in enumerate(("q_proj", "k_proj", "v_proj")):
            rows = slice(i * d_model, (i + 1) * d_model)
            right[f"{layer}.weight"] = module.in_proj_weight.grad[rows]
            right[f"{layer}.bias"] = module.in_proj_bias.grad[rows]
        for name, expected in right.items():
            expect_gradient(of_parameters.get(name), expected, what=f"{name}.grad")

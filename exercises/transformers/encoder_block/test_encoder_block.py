import torch
from torch import nn

from tutor.testing import expect, expect_close, expect_gradient, expect_shape, probe

# (B, T, d_model, heads, d_ff)
SIZES = ((2, 5, 8, 2, 12), (1, 1, 4, 4, 3), (3, 4, 6, 1, 10), (1, 7, 12, 3, 5))


@probe
def shapes(submission, sizes):
    """Names and shapes of all parameters and buffers."""
    return {name: list(value.shape) for name, value in submission.EncoderBlock(*sizes).state_dict().items()}


@probe
def outputs(submission, cases, training, device):
    """The output of each case: (sizes, state, x, padding)."""
    came = []
    for sizes, state, x, padding in cases:
        block = submission.EncoderBlock(*sizes, dropout=0.0 if training else 0.5).double()
        block.load_state_dict(state)
        block.to(device).train(training)
        came.append(block(x.to(device), *([] if padding is None else [padding.to(device)])))
    return came


@probe
def gradients(submission, cases, device):
    """The output, and gradients of a weighted sum of it: of the parameters by name, and of x."""
    came = []
    for sizes, state, x, padding, weights in cases:
        block = submission.EncoderBlock(*sizes, dropout=0.0).double()
        block.load_state_dict(state)
        block.to(device)
        leaf = x.to(device).requires_grad_()
        y = block(leaf, padding.to(device))
        if isinstance(y, torch.Tensor) and y.requires_grad and y.shape == weights.shape:
            (y * weights.to(device)).sum().backward()
        came.append((y, {name: p.grad for name, p in block.named_parameters()}, leaf.grad))
    return came


@probe
def in_training(submission, sizes, states, x, dropout, device):
    """The output of a block in training mode for each state, with dropout (None: as much as there is by default)."""
    came = []
    for state in states:
        block = submission.EncoderBlock(*sizes, **({} if dropout is None else {"dropout": dropout})).double()
        block.load_state_dict(state)
        came.append(block.to(device).train()(x.to(device)))
    return came


def theirs(sizes, state=None):
    d_model, heads, d_ff = sizes
    layer = nn.TransformerEncoderLayer(
        d_model, heads, d_ff, 0.0, "gelu", batch_first=True, norm_first=True, dtype=torch.float64
    )
    if state is not None:
        layer.load_state_dict(state)
    return layer


def drawn(tensors, b, t, d_model, heads, d_ff):
    """Sizes, a random state (the norms' too) and a random input, in float64."""
    sizes = [d_model, heads, d_ff]
    state = {
        name: tensors(*value.shape, dtype=torch.float64) / (2 if value.dim() > 1 else 1)
        for name, value in theirs(sizes).state_dict().items()
    }
    return sizes, state, 3 * tensors.strided(b, t, d_model, dtype=torch.float64) + 1


def padding_of(tensors, b, t):
    lengths = 1 + tensors.integers(t, b)
    return torch.arange(t) >= lengths.unsqueeze(1)


def test_parameters():
    for sizes in ([8, 2, 12], [6, 3, 4]):
        expected = {name: list(value.shape) for name, value in theirs(sizes).state_dict().items()}
        came = shapes(sizes)
        for name in sorted(expected.keys() | came.keys()):
            expect(
                came.get(name) == expected.get(name),
                en="{name} in state_dict(): expected shape {expected}, came {came} (None: there is none).",
                ja="state_dict() の {name}：期待した形状は {expected} ですが、{came} でした（None は存在しないこと）。",
                name=name,
                expected=expected.get(name),
                came=came.get(name),
            )


def test_output(tensors):
    cases = [(*drawn(tensors, *sizes), None) for sizes in SIZES]
    for training in (True, False):
        for (sizes, state, x, _), came in zip(cases, outputs(cases, training), strict=True):
            expect_close(came, theirs(sizes, state)(x), what="output")


def test_padding(tensors):
    cases = []
    for b, t, *sizes in ((4, 5, 8, 2, 12), (3, 6, 6, 1, 7), (5, 3, 4, 2, 4)):
        cases.append((*drawn(tensors, b, t, *sizes), padding_of(tensors, b, t)))
    for (sizes, state, x, padding), came in zip(cases, outputs(cases, True), strict=True):
        expected = theirs(sizes, state)(x, src_key_padding_mask=padding)
        expect_shape(came, tuple(x.shape), what="output")
        real = ~padding
        expect_close(came[real], expected[real], what="output[~padding]")


def test_gradient(tensors):
    cases = []
    for b, t, *sizes in SIZES:
        padding = padding_of(tensors, b, t)
        weights = tensors(b, t, sizes[0], dtype=torch.float64) * ~padding.unsqueeze(2)
        cases.append((*drawn(tensors, b, t, *sizes), padding, weights))
    for case, (output, of_parameters, of_x) in zip(cases, gradients(cases), strict=True):
        sizes, state, x, padding, weights = case
        expect_shape(output, tuple(x.shape), what="output")
        layer = theirs(sizes, state)
        leaf = x.detach().clone().requires_grad_()
        (layer(leaf, src_key_padding_mask=padding) * weights).sum().backward()
        expect_gradient(of_x, leaf.grad, what="x.grad")
        for name, parameter in layer.named_parameters():
            expect_gradient(of_parameters.get(name), parameter.grad, what=f"{name}.grad")


def test_dropout(tensors):
    sizes, state, x = drawn(tensors, 8, 32, 16, 2, 32)
    # In the first state only the attention adds something, in the second only the feed-forward branch.
    silent = (("linear2.weight", "linear2.bias"), ("self_attn.out_proj.weight", "self_attn.out_proj.bias"))
    states = [{name: torch.zeros_like(v) if name in names else v for name, v in state.items()} for names in silent]
    for given, p in ((0.25, 0.25), (0.75, 0.75), (None, 0.1)):
        for y, branch in zip(in_training(sizes, states, x, given), ("attention", "linear2"), strict=True):
            expect_shape(y, tuple(x.shape), what="output")
            share = float((y == x).double().mean())
            # Of 4,096 numbers: seven standard deviations.
            expect(
                bool(abs(share - p) < 0.05),
                en="With dropout={p}, a share of {p} of what the branch ({branch}) adds should be 0, "
                "but it is {share:.3f}.",
                ja="dropout={p} のとき、分岐（{branch}）が加えるもののうち 0 になる割合は {p} のはずですが、"
                "{share:.3f} です。",
                p=p,
                branch=branch,
                share=share,
            )
    for y in in_training(sizes, states, x, 1.0):
        expect_close(y, x, what="EncoderBlock(…, dropout=1.0)(x)")
    (y,) = outputs([(sizes, state, x, None)], False)
    expect_close(y, theirs(sizes, state)(x), what="block.eval()(x)")

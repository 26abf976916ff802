import pytest
import torch
from torch import nn
from torch.multiprocessing.reductions import StorageWeakRef
from torch.nn import functional as F

from tutor.testing import curve, expect, expect_at_most, expect_close, expect_gradient, probe

# Blocks and segments: whole parts, a rest, one segment, as many as blocks.
DIVISIONS = ((6, 3), (7, 3), (10, 4), (5, 1), (4, 4))
WIDTH = 5
DROP = 0.2


class Meter:
    """How many bytes of the blocks' activations are alive, whoever holds them, and how often each block has run."""

    def __init__(self, blocks, shown=""):
        self.calls = [0] * blocks
        self.alive = []
        self._noted = []
        self._shown = shown

    def note(self, *tensors):
        # A weak reference to the memory itself: it says whether anything holds it, the graph included.
        self._noted += [(StorageWeakRef(t.untyped_storage()), t.untyped_storage().nbytes()) for t in tensors]
        self._noted = [(reference, size) for reference, size in self._noted if not reference.expired()]
        self.alive.append(sum(size for _reference, size in self._noted))
        if self._shown:
            curve(self._shown, self.alive[-1] / 1024)


class Block(nn.Module):
    """x + tanh(linear(x)): what the backward pass needs of it is its input and the tanh."""

    def __init__(self, width, number, meter):
        super().__init__()
        self.linear = nn.Linear(width, width)
        self.number, self.meter = number, meter

    def forward(self, x):
        self.meter.calls[self.number] += 1
        h = self.linear(x).tanh()
        y = x + h
        self.meter.note(h, y)
        return y


class Scale(nn.Module):
    """Each column times its weight, and some of the values dropped."""

    def __init__(self, width):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x):
        return F.dropout(x * self.weight, DROP, training=True)


def stack(width, count, meter=None):
    meter = Meter(count) if meter is None else meter
    return nn.Sequential(*[Block(width, number, meter) for number in range(count)])


@probe
def both_ways(submission, state, count, segments, x, weights, needed):
    """Output, and the gradients of sum(output * weights): of the parameters and, where it is needed, of x."""
    blocks = stack(x.shape[-1], count).to(x.device, x.dtype)
    blocks.load_state_dict(state)
    x.requires_grad_(needed)
    output = submission.run_checkpointed(blocks, x, segments)
    if isinstance(output, torch.Tensor) and output.requires_grad:
        (output * weights).sum().backward()
    return output, {name: parameter.grad for name, parameter in blocks.named_parameters()}, x.grad


@probe
def dropped(submission, scales, segments, x):
    """Output of blocks with dropout, and the gradients of its sum."""
    blocks = nn.Sequential(*[Scale(x.shape[-1]) for _ in scales]).to(x.device, x.dtype)
    for block, scale in zip(blocks, scales, strict=True):
        block.weight.data.copy_(scale)
    x.requires_grad_()
    output = submission.run_checkpointed(blocks, x, segments)
    output.sum().backward()
    return output, [block.weight.grad for block in blocks], x.grad


@probe
def counted(submission, count, segments, x):
    """How often each block has run: in a forward pass without gradients, and in one with its backward pass."""
    meter = Meter(count)
    blocks = stack(x.shape[-1], count, meter).to(x.device)
    with torch.no_grad():
        submission.run_checkpointed(blocks, x, segments)
    without, meter.calls = meter.calls, [0] * count
    submission.run_checkpointed(blocks, x, segments).sum().backward()
    return without, meter.calls


@probe
def held(submission, count, segments, x):
    """Bytes of activations that are alive, each time when a block has run; in a forward and a backward pass."""
    meter = Meter(count, shown=f"activations alive (KiB), {count} blocks in {segments} segments")
    blocks = stack(x.shape[-1], count, meter).to(x.device)
    output = submission.run_checkpointed(blocks, x, segments)
    output.sum().backward()
    return meter.alive


def inputs(tensors, count, rows):
    state = {
        name: 0.5 * tensors(*value.shape, dtype=torch.float64)
        for name, value in stack(WIDTH, count).state_dict().items()
    }
    return state, tensors.strided(rows, WIDTH).double(), tensors(rows, WIDTH, dtype=torch.float64)


def plain(state, count, x, weights):
    """The same without checkpoints: each block by its equation."""
    parameters = {name: value.clone().requires_grad_() for name, value in state.items()}
    x = x.clone().requires_grad_()
    y = x
    for number in range(count):
        y = y + torch.tanh(y @ parameters[f"{number}.linear.weight"].T + parameters[f"{number}.linear.bias"])
    gradients = torch.autograd.grad((y * weights).sum(), [x, *parameters.values()])
    return y.detach(), gradients[0], dict(zip(parameters, gradients[1:], strict=True))


@pytest.mark.parametrize(("count", "segments"), DIVISIONS)
def test_output(tensors, count, segments):
    for rows in (1, 3):
        state, x, weights = inputs(tensors, count, rows)
        output, _gradients, _of_x = both_ways(state, count, segments, x, weights, True)
        expect_close(output, plain(state, count, x, weights)[0], what="output")


@pytest.mark.parametrize(("count", "segments"), DIVISIONS)
def test_gradients(tensors, count, segments):
    state, x, weights = inputs(tensors, count, 3)
    _output, gradients, of_x = both_ways(state, count, segments, x, weights, True)
    _expected_output, expected_of_x, expected = plain(state, count, x, weights)
    for name, gradient in gradients.items():
        expect_gradient(gradient, expected[name], what=f"{name}.grad")
    expect_gradient(of_x, expected_of_x, what="x.grad")


def test_plain_input(tensors):
    for count, segments in DIVISIONS[1:4]:
        state, x, weights = inputs(tensors, count, 2)
        _output, gradients, _of_x = both_ways(state, count, segments, x, weights, False)
        expected = plain(state, count, x, weights)[2]
        for name, gradient in gradients.items():
            expect_gradient(gradient, expected[name], what=f"{name}.grad")


def test_dropout(tensors):
    scales = [tensors.uniform(0.5, 1.5, WIDTH).double() for _ in range(6)]
    x = tensors(40, WIDTH, dtype=torch.float64)
    output, gradients, of_x = dropped(scales, 3, x)
    # What is left of a row is a product: no mask need be known. y = x · Πw / (1 − p)⁶ or 0, and ∂Σy/∂w = Σy / w.
    whole = x * torch.stack(scales).prod(0) / (1 - DROP) ** len(scales)
    alive = output != 0
    expect_close(output, torch.where(alive, whole, 0.0), what="output")
    share = alive.double().mean().item()
    expect(
        0.05 < share < 0.6,
        en="After six times dropout about a quarter of the values should be left, but {share:.0%} are.",
        ja="ドロップアウトを 6 回通ると値の約 4 分の 1 が残るはずですが、{share:.0%} が残っています。",
        share=share,
    )
    for number, (gradient, scale) in enumerate(zip(gradients, scales, strict=True)):
        expect_gradient(gradient, output.sum(0) / scale, what=f"{number}.weight.grad", rtol=1e-6, atol=1e-9)
    expect_gradient(of_x, output / x, what="x.grad", rtol=1e-6, atol=1e-9)


def test_twice(tensors):
    for count, segments in DIVISIONS:
        without, calls = counted(count, segments, tensors(2, WIDTH))
        expect(
            without == [1] * count,
            en="Under torch.no_grad() each of {count} blocks should run once; they ran {came} times.",
            ja="torch.no_grad() のもとでは、{count} 個のブロックがそれぞれ 1 回実行されるはずですが、"
            "回数は {came} でした。",
            count=count,
            came=", ".join(map(str, without)),
        )
        expect(
            min(calls) >= 1 and max(calls) <= 2,
            en="In a forward and backward pass with {segments} segments a block should run at most twice; "
            "the {count} blocks ran {came} times.",
            ja="{segments} 個の区間での順伝播と逆伝播で、ブロックの実行は 2 回までのはずですが、"
            "{count} 個のブロックの回数は {came} でした。",
            segments=segments,
            count=count,
            came=", ".join(map(str, calls)),
        )


def test_memory(tensors):
    # In the second, a size of 1 (23 / 12 rounded down) makes too many segments, a size of 12 too few.
    for count, segments in ((16, 4), (23, 12)):
        x = tensors(32, 64)
        alive = held(count, segments, x)
        # Without checkpoints, two activations of each block are alive when the backward pass begins.
        everything = count * 2 * x.numel() * x.element_size()
        expect_at_most(
            max(alive, default=everything) / everything,
            0.45,
            en=f"the largest share of the activations alive at any moment, with {count} blocks in {segments} segments",
            ja=f"{count} ブロックを {segments} 区間に分けたとき、同時に残っている活性の割合の最大値",
        )

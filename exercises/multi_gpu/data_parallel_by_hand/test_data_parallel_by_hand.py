import pytest
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional as F

from tutor.testing import curve, describe, devices, expect, expect_close, expect_gradient, fail, probe

# (rows, devices): the parts are all of one size, and they are not. 5 rows on 4 devices make 3 parts, or 4.
EVEN = ((4, 2), (6, 3))
UNEVEN = ((1, 2), (7, 3), (5, 4))
CLOSE = {"rtol": 1e-6, "atol": 1e-9}


def network(seen=None):
    """Linear, tanh, linear; ``seen`` receives (device of the input, device of the weight, input) of every call."""

    class Watched(nn.Linear):
        def forward(self, x):
            if seen is not None:
                seen.append((x.device.index, self.weight.device.index, x.detach().cpu()))
            return super().forward(x)

    return nn.Sequential(Watched(4, 6), nn.Tanh(), nn.Linear(6, 3)).double()


@probe
def backward(submission, weights, x, target, count, device, before=None, frozen=()):
    """One call: what came, where it lies, what the model saw, and where the model and its gradients are."""
    seen = []
    with devices(count, device) as places:
        model = network(seen)
        model.load_state_dict(weights)
        model.to(places[0])
        for name, parameter in model.named_parameters():
            parameter.requires_grad_(name not in frozen)
            if before is not None and name not in frozen:
                parameter.grad = before[name].to(places[0])
        own = [id(parameter) for parameter in model.parameters()]
        came = submission.data_parallel_backward(model, F.cross_entropy, x, target, places)
        pair = isinstance(came, (tuple, list)) and len(came) == 2
        tensors = pair and all(isinstance(value, torch.Tensor) for value in came)
        return {
            "came": tuple(value.detach().cpu() for value in came) if tensors else came,
            "on": [value.device.index for value in came] if tensors else [],
            "seen": seen,
            "same": own == [id(parameter) for parameter in model.parameters()],
            "model on": [parameter.device.index for parameter in model.parameters()],
            "weights": {name: parameter.detach().cpu() for name, parameter in model.named_parameters()},
            "gradients": {
                name: None if parameter.grad is None else parameter.grad.detach().cpu()
                for name, parameter in model.named_parameters()
            },
            "gradients on": [p.grad.device.index for p in model.parameters() if p.grad is not None],
        }


@probe
def trained(submission, weights, x, target, batch, count, rate, device):
    """Some steps of plain SGD through the submission; the losses, and the parameters in the end."""
    losses = []
    with devices(count, device) as places:
        model = digits_network()
        model.load_state_dict(weights)
        model.to(places[0])
        optimizer = torch.optim.SGD(model.parameters(), lr=rate)
        for start in range(0, len(x), batch):
            optimizer.zero_grad()
            rows = slice(start, start + batch)
            _output, loss = submission.data_parallel_backward(model, F.cross_entropy, x[rows], target[rows], places)
            optimizer.step()
            losses.append(loss.detach().cpu())
            curve("loss", losses[-1])
        return losses, {name: parameter.detach().cpu() for name, parameter in model.named_parameters()}


def digits_network():
    return nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10)).double()


def inputs(tensors, rows):
    """Weights, a batch that is not contiguous, and its labels."""
    weights = {name: tensors(*value.shape, dtype=value.dtype) for name, value in network().state_dict().items()}
    return weights, tensors.strided(rows, 4).double(), tensors.integers(3, rows)


def on_one_device(weights, x, target):
    """Output, loss and gradients of the whole batch at once."""
    model = network()
    model.load_state_dict(weights)
    output = model(x)
    loss = F.cross_entropy(output, target)
    loss.backward()
    return output.detach(), loss.detach(), {name: parameter.grad for name, parameter in model.named_parameters()}


def named(index):
    return "cpu" if index is None else f"devices[{index}]"


def output_and_loss(result):
    came = result["came"]
    if not (isinstance(came, (tuple, list)) and len(came) == 2 and all(isinstance(v, torch.Tensor) for v in came)):
        fail(
            en="data_parallel_backward should return the pair (output, loss), but it returned {came}.",
            ja="data_parallel_backward は (output, loss) の組を返すはずですが、返ってきたのは {came} です。",
            came=describe(came),
        )
    return came


def calls(tensors, sizes):
    """One call for each of ``sizes``: rows, devices, weights, batch, labels, and what was found."""
    found = []
    for rows, count in sizes:
        weights, x, target = inputs(tensors, rows)
        found.append((rows, count, weights, x, target, backward(weights, x, target, count)))
    return found


@pytest.fixture(scope="module")
def even(module_tensors):
    return calls(module_tensors, EVEN)


@pytest.fixture(scope="module")
def uneven(module_tensors):
    return calls(module_tensors, UNEVEN)


def test_scatter(even, uneven):
    for rows, count, _weights, x, _target, result in even + uneven:
        seen = result["seen"]
        most = -(-rows // count)
        used = [on for on, _weight, _part in seen]
        expect(
            len(used) == len(set(used)) and None not in used,
            en="{rows} rows on {count} devices: the parts were computed on {used}. "
            "Each device should compute one part.",
            ja="{rows} 行を {count} 台に分けたとき、各部分を計算したのは {used} でした。"
            "1 台が 1 つの部分を計算するはずです。",
            rows=rows,
            count=count,
            used=", ".join(map(named, used)) or "-",
        )
        ordered = [part for _on, _weight, part in sorted(seen, key=lambda call: call[0])]
        sizes = [len(part) for part in ordered]
        expect(
            sum(sizes) == rows and 0 not in sizes and max(sizes) <= most,
            en="{rows} rows on {count} devices were divided into parts of {sizes} rows. "
            "They should add up to {rows}, and none should be empty or larger than {most}.",
            ja="{rows} 行を {count} 台に分けたところ、各部分は {sizes} 行でした。合計が {rows} 行で、"
            "空の部分も {most} 行を超える部分もないはずです。",
            rows=rows,
            count=count,
            sizes=", ".join(map(str, sizes)) or "0",
            most=most,
        )
        expect_close(torch.cat(ordered), x, what="x")


def test_replicas(even):
    for _rows, _count, weights, _x, _target, result in even:
        for on, weight, _part in result["seen"]:
            expect(
                on == weight,
                en="A part on {on} met parameters on {weight}.",
                ja="{on} にある部分が、{weight} にあるパラメータで計算されました。",
                on=named(on),
                weight=named(weight),
            )
        expect(
            len({weight for _on, weight, _part in result["seen"]}) > 1,
            en="All parts were computed by parameters on one device.",
            ja="すべての部分が、1 台のデバイスにあるパラメータで計算されました。",
        )
        expect(
            result["same"] and all(index == 0 for index in result["model on"]),
            en="After the call the model should be on devices[0], with the parameters it had; copies go to the others.",
            ja="呼び出しのあとも、モデルは同じパラメータのまま devices[0] にあるはずです。"
            "ほかのデバイスには複製を置きます。",
        )
        for name, value in result["weights"].items():
            expect_close(value, weights[name], what=name)


def test_output(even, uneven):
    for _rows, _count, weights, x, target, result in even + uneven:
        output, _loss = output_and_loss(result)
        expect_close(output, on_one_device(weights, x, target)[0], what="output", **CLOSE)
        expect(
            result["on"][0] == 0,
            en="The output should be gathered on devices[0], but it is on {where}.",
            ja="出力は devices[0] に集めるはずですが、{where} にあります。",
            where=named(result["on"][0]),
        )


def check_loss_and_gradients(found):
    for _rows, _count, weights, x, target, result in found:
        _output, loss = output_and_loss(result)
        _expected, expected_loss, expected = on_one_device(weights, x, target)
        for name, gradient in result["gradients"].items():
            expect_gradient(gradient, expected[name], what=f"∂ loss / ∂ {name}", **CLOSE)
        expect(
            all(index == 0 for index in result["gradients on"]),
            en="A gradient does not lie on devices[0], beside its parameter.",
            ja="パラメータのある devices[0] にない勾配があります。",
        )
        expect_close(loss, expected_loss, what="loss", **CLOSE)
        expect(
            result["on"][1] == 0,
            en="The loss should be on devices[0], but it is on {where}.",
            ja="損失は devices[0] にあるはずですが、{where} にあります。",
            where=named(result["on"][1]),
        )


def test_gradients(even):
    check_loss_and_gradients(even)


def test_uneven(uneven):
    check_loss_and_gradients(uneven)


def test_added(tensors):
    weights, x, target = inputs(tensors, 6)
    before = {name: tensors(*value.shape, dtype=value.dtype) for name, value in weights.items()}
    frozen = ["0.bias"]
    gradients = backward(weights, x, target, 2, before=before, frozen=frozen)["gradients"]
    expected = on_one_device(weights, x, target)[2]
    for name, gradient in gradients.items():
        if name in frozen:
            expect(
                gradient is None,
                en="{name} is frozen (requires_grad=False): its .grad should stay None.",
                ja="{name} は固定されている（requires_grad=False）ので、.grad は None のままのはずです。",
                name=name,
            )
        else:
            expect_gradient(gradient, before[name] + expected[name], what=f"{name}.grad", **CLOSE)


@pytest.fixture(scope="module")
def digits():
    features, labels = load_digits(return_X_y=True)
    return torch.tensor(features / 16), torch.tensor(labels)


def test_training(digits, tensors):
    features, labels = digits
    order = torch.randperm(len(features), generator=torch.Generator().manual_seed(int(tensors.integers(2**31, 1))))
    x, target = features[order[: 6 * 101]], labels[order[: 6 * 101]]
    shapes = digits_network().state_dict()
    weights = {name: 0.2 * tensors(*value.shape, dtype=value.dtype) for name, value in shapes.items()}
    losses, came = trained(weights, x, target, 101, 3, 0.5)
    # The same six steps on one device, with the whole batch at once.
    model = digits_network()
    model.load_state_dict(weights)
    for step in range(6):
        rows = slice(step * 101, (step + 1) * 101)
        loss = F.cross_entropy(model(x[rows]), target[rows])
        expect_close(losses[step], loss.detach(), what="loss", **CLOSE)
        for parameter, gradient in zip(
            model.parameters(), torch.autograd.grad(loss, list(model.parameters())), strict=True
        ):
            parameter.data -= 0.5 * gradient
    for name, parameter in model.named_parameters():
        expect_close(came[name], parameter.detach(), what=name, **CLOSE)

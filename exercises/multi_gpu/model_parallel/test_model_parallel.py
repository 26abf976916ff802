import itertools

import pytest
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional as F

from tutor.testing import curve, describe, devices, expect, expect_close, expect_gradient, expect_shape, probe

CLOSE = {"rtol": 1e-6, "atol": 1e-9}
WIDTHS = {2: (4, 6, 3), 3: (4, 6, 5, 3), 4: (4, 5, 6, 4, 3)}
STEPS = 6
ROWS = 64
RATE = 0.2


def make_stages(widths, seen=None):
    """Linear, batch norm, tanh for each pair of widths; ``seen`` receives (stage, device of input, of weight)."""

    class Watched(nn.Linear):
        number = 0

        def forward(self, x):
            if seen is not None:
                seen.append((self.number, x.device.index, self.weight.device.index))
            return super().forward(x)

    stages = []
    for number, (wide, narrow) in enumerate(itertools.pairwise(widths)):
        linear = Watched(wide, narrow)
        linear.number = number
        stages.append(nn.Sequential(linear, nn.BatchNorm1d(narrow), nn.Tanh()).double())
    return stages


@probe
def run(submission, states, x, weights, where, device):
    """Forward and backward of sum(output * weights); ``where`` is the place of x: a device's number, or the host."""
    seen, count = [], len(states)
    with devices(count, device) as places:
        stages = make_stages(WIDTHS[count], seen)
        for stage, state in zip(stages, states, strict=True):
            stage.load_state_dict(state)
        model = submission.Staged(stages, places)
        before = [[t.device.index for t in (*stage.parameters(), *stage.buffers())] for stage in stages]
        known = [any(p is q for q in model.parameters()) for stage in stages for p in stage.parameters()]
        x = x.cpu() if where is None else x.to(places[where])
        x.requires_grad_()
        output = model(x)
        if not isinstance(output, torch.Tensor):
            return {"output": output}
        (output * weights.to(output.device)).sum().backward()
        return {
            "output": output.detach().cpu(),
            "output on": output.device.index,
            "seen": seen,
            "stages on": before,
            "later on": [[t.device.index for t in (*stage.parameters(), *stage.buffers())] for stage in stages],
            "known": known,
            "names": len(model.state_dict()),
            "x": None if x.grad is None else x.grad.detach().cpu(),
            "x on": None if x.grad is None else x.grad.device.index,
            "gradients": [
                {name: None if p.grad is None else p.grad.detach().cpu() for name, p in stage.named_parameters()}
                for stage in stages
            ],
            "gradients on": [[p.grad.device.index for p in s.parameters() if p.grad is not None] for s in stages],
        }


def digit_stages():
    return [
        nn.Sequential(nn.Linear(64, 32), nn.ReLU()).double(),
        nn.Sequential(nn.Linear(32, 16), nn.ReLU()).double(),
        nn.Linear(16, 10).double(),
    ]


@probe
def trained(submission, states, x, target, device):
    """Some steps with momentum on digits, on three devices: the losses, and the parameters in the end."""
    with devices(3, device) as places:
        stages = digit_stages()
        for stage, state in zip(stages, states, strict=True):
            stage.load_state_dict(state)
        model = submission.Staged(stages, places)
        # Of the stages, so that the step can be looked at where parameters() does not know them.
        parameters = [parameter for stage in stages for parameter in stage.parameters()]
        optimizer = torch.optim.SGD(parameters, lr=RATE, momentum=0.9)
        losses = []
        for batch, wanted in zip(x.cpu().split(ROWS), target.cpu().split(ROWS), strict=True):
            loss = submission.train_step(model, optimizer, F.cross_entropy, batch, wanted)
            if not isinstance(loss, torch.Tensor):
                return loss, []
            losses.append(loss.detach().cpu())
            curve("loss", losses[-1])
        return losses, [parameter.detach().cpu() for parameter in parameters]


def states_of(tensors, stages):
    drawn = []
    for stage in stages:
        state = {}
        for name, value in stage.state_dict().items():
            new = tensors.uniform(0.5, 1.5, *value.shape) if "var" in name else 0.5 * tensors(*value.shape)
            state[name] = torch.tensor(0) if value.dtype == torch.int64 else new.double()
        drawn.append(state)
    return drawn


def on_one_device(states, x, weights):
    """Output, gradient of x, gradients of each stage."""
    stages = make_stages(WIDTHS[len(states)])
    for stage, state in zip(stages, states, strict=True):
        stage.load_state_dict(state)
    x = x.clone().requires_grad_()
    output = nn.Sequential(*stages)(x)
    (output * weights).sum().backward()
    return output.detach(), x.grad, [{name: p.grad for name, p in stage.named_parameters()} for stage in stages]


@pytest.fixture(scope="module")
def runs(module_tensors):
    """For several numbers of stages and places of x: the inputs, and what came."""
    found = []
    for count, rows, where in ((2, 5, 0), (3, 7, None), (4, 2, 3)):
        states = states_of(module_tensors, make_stages(WIDTHS[count]))
        x = module_tensors.strided(rows, 4).double()
        weights = module_tensors(rows, 3, dtype=torch.float64)
        result = run(states, x, weights, where)
        expect(
            "seen" in result,
            en="forward should return a tensor, but it returned {came}.",
            ja="forward はテンソルを返すはずですが、返ってきたのは {came} です。",
            came=describe(result["output"]),
        )
        found.append((states, x, weights, where, result))
    return found


def named(index):
    return "cpu" if index is None else f"devices[{index}]"


def test_places(runs):
    for _states, _x, _weights, _where, result in runs:
        for key in ("stages on", "later on"):
            for stage, places in enumerate(result[key]):
                wrong = [place for place in places if place != stage]
                expect(
                    not wrong,
                    en="Stage {stage} should lie on devices[{stage}], but it has a parameter or a buffer on {place}.",
                    ja="ステージ {stage} は devices[{stage}] にあるはずですが、"
                    "{place} にパラメータかバッファがあります。",
                    stage=stage,
                    place=named(wrong[0]) if wrong else "",
                )


def test_registered(runs):
    for states, _x, _weights, _where, result in runs:
        expect(
            all(result["known"]),
            en="{count} parameters of the stages are not among model.parameters().",
            ja="ステージのパラメータのうち {count} 個が、model.parameters() に含まれていません。",
            count=result["known"].count(False),
        )
        expect(
            result["names"] >= sum(map(len, states)),
            en="state_dict() has {came} entries; the stages have {wanted}.",
            ja="state_dict() の項目は {came} 個ですが、ステージには {wanted} 個あります。",
            came=result["names"],
            wanted=sum(map(len, states)),
        )


def test_forward(runs):
    for states, x, weights, _where, result in runs:
        for stage, on, weight in result["seen"]:
            expect(
                on == weight == stage,
                en="Stage {stage} received its input on {on}, with its weight on {weight}; both should be on "
                "devices[{stage}].",
                ja="ステージ {stage} への入力は {on} に、重みは {weight} にありました。"
                "どちらも devices[{stage}] にあるはずです。",
                stage=stage,
                on=named(on),
                weight=named(weight),
            )
        expect_close(result["output"], on_one_device(states, x, weights)[0], what="output", **CLOSE)
        last = len(states) - 1
        expect(
            result["output on"] == last,
            en="The output should be on devices[{last}], the last one, but it is on {came}.",
            ja="出力は最後の devices[{last}] にあるはずですが、{came} にあります。",
            last=last,
            came=named(result["output on"]),
        )


def test_gradients(runs):
    for states, x, weights, where, result in runs:
        _output, of_x, expected = on_one_device(states, x, weights)
        for stage, gradients in enumerate(result["gradients"]):
            for name, gradient in gradients.items():
                expect_gradient(gradient, expected[stage][name], what=f"stages[{stage}].{name}.grad", **CLOSE)
            expect(
                all(place == stage for place in result["gradients on"][stage]),
                en="A gradient of stage {stage} does not lie on devices[{stage}].",
                ja="ステージ {stage} の勾配に、devices[{stage}] にないものがあります。",
                stage=stage,
            )
        expect_gradient(result["x"], of_x, what="x.grad", **CLOSE)
        expect(
            result["x on"] == where,
            en="The gradient of x should lie where x does.",
            ja="x の勾配は x と同じデバイスにあるはずです。",
        )


@pytest.fixture(scope="module")
def training(module_tensors):
    """States, batches and labels, and what the training has left: losses and parameters."""
    features, labels = load_digits(return_X_y=True)
    chosen = module_tensors.integers(len(labels), STEPS * ROWS)
    x, target = torch.tensor(features / 16)[chosen], torch.tensor(labels)[chosen]
    states = states_of(module_tensors, digit_stages())
    return states, x, target, *trained(states, x, target)


def reference(states, x, target):
    """Losses and parameters of the same training on one device: SGD with momentum, by its equations."""
    stages = digit_stages()
    for stage, state in zip(stages, states, strict=True):
        stage.load_state_dict(state)
    network = nn.Sequential(*stages)
    parameters = list(network.parameters())
    velocity = [torch.zeros_like(parameter) for parameter in parameters]
    losses = []
    for batch, wanted in zip(x.split(ROWS), target.split(ROWS), strict=True):
        loss = F.cross_entropy(network(batch), wanted)
        losses.append(loss.detach())
        for v, parameter, gradient in zip(velocity, parameters, torch.autograd.grad(loss, parameters), strict=True):
            v.mul_(0.9).add_(gradient)
            parameter.data -= RATE * v
    return losses, [parameter.detach() for parameter in parameters]


def test_loss(training):
    states, x, target, losses, _parameters = training
    expect(
        isinstance(losses, list),
        en="train_step should return the loss, a tensor of shape (), but it returned {came}.",
        ja="train_step は損失（形状 () のテンソル）を返すはずですが、返ってきたのは {came} です。",
        came=describe(losses),
    )
    expect_shape(losses[0], (), what="loss")
    expect_close(losses[0], reference(states, x[:ROWS], target[:ROWS])[0][0], what="loss", **CLOSE)


def test_digits(training):
    states, x, target, losses, parameters = training
    expected_losses, expected = reference(states, x, target)
    expect(
        isinstance(losses, list),
        en="train_step should return the loss, a tensor of shape (), but it returned {came}.",
        ja="train_step は損失（形状 () のテンソル）を返すはずですが、返ってきたのは {came} です。",
        came=describe(losses),
    )
    for step, (loss, wanted) in enumerate(zip(losses, expected_losses, strict=True), start=1):
        expect_close(loss, wanted, what=f"step {step}: loss", **CLOSE)
    for number, (came, wanted) in enumerate(zip(parameters, expected, strict=True)):
        expect_close(came, wanted, what=f"parameters[{number}]", **CLOSE)

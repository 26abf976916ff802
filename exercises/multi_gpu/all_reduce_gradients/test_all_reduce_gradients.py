import pytest
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional as F

from tutor.testing import curve, expect, expect_close, expect_gradient, probe, ranks

CLOSE = {"rtol": 1e-6, "atol": 1e-9}
STEPS = 6
ROWS = 48  # of one step, on all ranks together
RATE = 0.5


def network():
    return nn.Sequential(nn.Linear(5, 4), nn.BatchNorm1d(4), nn.Tanh(), nn.Linear(4, 2)).double()


def digits_network():
    return nn.Sequential(nn.Linear(64, 24), nn.ReLU(), nn.Linear(24, 10)).double()


def broadcasting(rank, world_size, submission, starts, device):
    """Each rank has a model of its own; parameters (as an optimizer made before sees them) and buffers afterwards."""
    model = network().to(device)
    model.load_state_dict(starts[rank])
    parameters = dict(model.named_parameters())
    submission.broadcast_parameters(model)
    return {name: value.detach() for name, value in [*parameters.items(), *model.named_buffers()]}


@probe
def broadcast(submission, starts, device):
    return ranks(len(starts), broadcasting, submission, starts, device=device)


def averaging(rank, world_size, submission, gradients, frozen, device):
    """Each rank has gradients of its own; what they are afterwards."""
    torch.manual_seed(0)
    model = network().to(device)
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(name not in frozen)
        parameter.grad = gradients[rank].get(name)
    submission.average_gradients(model)
    return {name: parameter.grad for name, parameter in model.named_parameters()}


@probe
def average(submission, gradients, frozen, device):
    return ranks(len(gradients), averaging, submission, gradients, frozen, device=device)


def training(rank, world_size, submission, starts, x, target, device):
    """Some steps on this rank's share of each batch; the parameters in the end."""
    model = digits_network().to(device)
    model.load_state_dict(starts[rank])
    optimizer = torch.optim.SGD(model.parameters(), lr=RATE)
    submission.broadcast_parameters(model)
    for batch, wanted in zip(x.split(ROWS), target.split(ROWS), strict=True):
        share = slice(rank * ROWS // world_size, (rank + 1) * ROWS // world_size)
        optimizer.zero_grad()
        loss = F.cross_entropy(model(batch[share]), wanted[share])
        loss.backward()
        submission.average_gradients(model)
        optimizer.step()
        # Of one rank: in what order several speak differs from run to run.
        if rank == 0:
            curve("loss", loss)
    return {name: parameter.detach() for name, parameter in model.named_parameters()}


@probe
def train(submission, starts, x, target, device):
    return ranks(len(starts), training, submission, starts, x, target, device=device)


def states(tensors, make, count):
    """Other parameters, and other buffers, for each rank."""
    drawn = []
    for rank in range(count):
        state = {}
        for name, value in make().state_dict().items():
            new = 0.3 * tensors(*value.shape, dtype=torch.float64)
            state[name] = torch.tensor(3 + 4 * rank) if value.dtype == torch.int64 else new
        drawn.append(state)
    return drawn


def gradients_for(tensors, count):
    shapes = {name: parameter.shape for name, parameter in network().named_parameters()}
    return [{name: tensors(*shape, dtype=torch.float64) for name, shape in shapes.items()} for _ in range(count)]


@pytest.fixture(scope="module")
def broadcasted(module_tensors):
    """What each rank began with, and what each had afterwards."""
    starts = states(module_tensors, network, 3)
    return starts, broadcast(starts)


def test_broadcast(broadcasted):
    starts, came = broadcasted
    for rank, state in enumerate(came):
        for name, _parameter in network().named_parameters():
            expect_close(state[name], starts[0][name], what=f"rank {rank}: {name}", rtol=0, atol=0)


def test_buffers(broadcasted):
    starts, came = broadcasted
    for rank, state in enumerate(came):
        for name, _buffer in network().named_buffers():
            expect_close(state[name], starts[0][name], what=f"rank {rank}: {name}", rtol=0, atol=0)


@pytest.mark.parametrize("count", [3, 1])
def test_average(tensors, count):
    given = gradients_for(tensors, count)
    for rank, came in enumerate(average(given, [])):
        for name, gradient in came.items():
            expected = torch.stack([own[name] for own in given]).mean(0)
            expect_gradient(gradient, expected, what=f"rank {rank}: {name}.grad", **CLOSE)


def test_missing(tensors):
    given = gradients_for(tensors, 2)
    frozen = ["1.weight"]
    # Rank 0 has not used the first layer's weight, rank 1 not the last layer's bias.
    for rank, name in ((0, "0.weight"), (1, "3.bias"), (0, "1.weight"), (1, "1.weight")):
        del given[rank][name]
    for rank, came in enumerate(average(given, frozen)):
        for name, gradient in came.items():
            if name in frozen:
                expect(
                    gradient is None,
                    en="rank {rank}: {name} is frozen (requires_grad=False): its .grad should stay None.",
                    ja="rank {rank}：{name} は固定されている（requires_grad=False）ので、"
                    ".grad は None のままのはずです。",
                    rank=rank,
                    name=name,
                )
            else:
                expected = sum(own[name] for own in given if name in own) / 2
                expect_gradient(gradient, expected, what=f"rank {rank}: {name}.grad", **CLOSE)


@pytest.fixture(scope="module")
def run(module_tensors):
    """Two ranks train on digits: what they began with, what they saw, and what each ended with."""
    features, labels = load_digits(return_X_y=True)
    chosen = torch.as_tensor(module_tensors.integers(len(labels), STEPS * ROWS))
    x, target = torch.tensor(features / 16)[chosen], torch.tensor(labels)[chosen]
    starts = states(module_tensors, digits_network, 2)
    return starts, x, target, train(starts, x, target)


def test_identical(run):
    first, second = run[-1]
    for name in first:
        expect_close(second[name], first[name], what=f"rank 1: {name}", rtol=0, atol=0)


def test_one_process(run):
    starts, x, target, came = run
    model = digits_network()
    model.load_state_dict(starts[0])
    for batch, wanted in zip(x.split(ROWS), target.split(ROWS), strict=True):
        loss = F.cross_entropy(model(batch), wanted)
        gradients = torch.autograd.grad(loss, list(model.parameters()))
        for parameter, gradient in zip(model.parameters(), gradients, strict=True):
            parameter.data -= RATE * gradient
    for rank, state in enumerate(came):
        for name, parameter in model.named_parameters():
            expect_close(state[name], parameter.detach(), what=f"rank {rank}: {name}", **CLOSE)

"""Several devices on a machine with one: where tensors lie, what moves them, and what may not meet."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn
from torch.utils.checkpoint import checkpoint

from tutor.testing import devices

TWO_PLACES = r"Expected all tensors to be on the same device, but found at least two devices, {} and {}!"


class Staged(nn.Module):
    def __init__(self, first: torch.device, second: torch.device) -> None:
        super().__init__()
        self.first, self.second = first, second
        self.one = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.BatchNorm1d(8)).to(first)
        self.two = nn.Linear(8, 3, device=second)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.two(self.one(x.to(self.first)).to(self.second))


def train(model: nn.Module, x: torch.Tensor, target: torch.Tensor, optimizer: torch.optim.Optimizer) -> torch.Tensor:
    for _ in range(3):
        optimizer.zero_grad()
        output = model(x)
        loss = nn.functional.cross_entropy(output, target.to(output.device)) * torch.tensor(2.0)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 0.5)
        optimizer.step()
    return loss


@pytest.mark.parametrize(
    "optimizer",
    [
        lambda parameters: torch.optim.SGD(parameters, lr=0.1, momentum=0.9),
        lambda parameters: torch.optim.SGD(parameters, lr=0.1, momentum=0.9, foreach=True),
        torch.optim.AdamW,
        lambda parameters: torch.optim.Adam(parameters, foreach=True),
        lambda parameters: torch.optim.Adam(parameters, fused=True),
    ],
    ids=["sgd", "sgd-foreach", "adamw", "adam-foreach", "adam-fused"],
)
def test_training_over_two_places_is_the_same_as_on_one(optimizer: Callable[..., torch.optim.Optimizer]) -> None:
    x, target = torch.randn(6, 4), torch.tensor([0, 1, 2, 0, 1, 2])
    cpu = torch.device("cpu")
    alone = Staged(cpu, cpu)
    start = copy.deepcopy(alone.state_dict())
    expected = train(alone, x, target, optimizer(alone.parameters()))
    with devices(2) as (first, second):
        model = Staged(first, second)
        model.load_state_dict(start)
        loss = train(model, x, target, optimizer(model.parameters()))
        assert loss.device == second
        assert {str(p.device) for p in model.one.parameters()} == {"cpu:0"}
        assert {str(p.grad.device) for p in model.two.parameters() if p.grad is not None} == {"cpu:1"}
        assert {str(b.device) for b in model.buffers()} == {"cpu:0"}
    assert model.two.weight.device == cpu, "afterwards they are what they always were"
    torch.testing.assert_close(loss, expected)
    for mine, theirs in zip(model.parameters(), alone.parameters(), strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-4, atol=1e-6)


Meeting = Callable[[torch.Tensor, torch.device, torch.device], Any]


@pytest.mark.parametrize(
    ("meeting", "places"),
    [
        (lambda x, a, b: x.to(a) + x.to(b), ("cpu:0", "cpu:1")),
        (lambda x, a, b: x.to(b) @ x.T, ("cpu:1", "cpu")),
        (lambda x, a, b: torch.cat([x, x.to(a)]), ("cpu:0", "cpu")),
        (lambda x, a, b: x.to(a).add_(x.to(b)), ("cpu:0", "cpu:1")),
        (lambda x, a, b: nn.Linear(4, 2)(x.to(a)), ("cpu:0", "cpu")),
        (lambda x, a, b: nn.Linear(4, 2, device=b)(x.to(a)), ("cpu:1", "cpu:0")),
        (lambda x, a, b: x.to(a)[torch.tensor([0], device=b)], ("cpu:0", "cpu:1")),
        (lambda x, a, b: nn.Embedding(4, 2).to(b)(torch.tensor([1])), ("cpu:1", "cpu")),
        (lambda x, a, b: nn.functional.mse_loss(x.to(b), x), ("cpu:1", "cpu")),
        (lambda x, a, b: torch.stack([x.to(b).sum(), x.to(a).sum()]), ("cpu:1", "cpu:0")),
    ],
)
def test_tensors_of_two_places_do_not_meet(meeting: Meeting, places: tuple[str, str]) -> None:
    with devices(2) as (a, b), pytest.raises(RuntimeError, match=TWO_PLACES.format(*places)):
        meeting(torch.randn(3, 4), a, b)


@pytest.mark.parametrize(
    ("make", "place"),
    [
        (lambda x, a, b: x, "cpu"),
        (lambda x, a, b: x.to(b), "cpu:1"),
        (lambda x, a, b: x.to("cpu:1"), "cpu:1"),
        (lambda x, a, b: x.to(b, torch.float64), "cpu:1"),
        (lambda x, a, b: x.to(dtype=torch.float64, device=a), "cpu:0"),
        (lambda x, a, b: x.to(b).to(torch.float64), "cpu:1"),
        (lambda x, a, b: x.to(b).double(), "cpu:1"),
        (lambda x, a, b: x.to(x.to(b)), "cpu:1"),
        (lambda x, a, b: x.to(b).to(a), "cpu:0"),
        (lambda x, a, b: x.to(b).cpu(), "cpu"),
        (lambda x, a, b: x.to(b).to("cpu"), "cpu"),
        (lambda x, a, b: x.to(b)[1:].T * 2, "cpu:1"),
        (lambda x, a, b: x.to(b) * torch.tensor(2.0), "cpu:1"),
        (lambda x, a, b: x.to(b)[torch.tensor([0, 2])], "cpu:1"),
        (lambda x, a, b: torch.zeros_like(x.to(b)), "cpu:1"),
        (lambda x, a, b: x.to(b).new_ones(2), "cpu:1"),
        (lambda x, a, b: torch.zeros_like(x.to(b), device="cpu"), "cpu"),
        (lambda x, a, b: torch.arange(3, device=b), "cpu:1"),
        (lambda x, a, b: torch.tensor([1.0]), "cpu"),
        (lambda x, a, b: torch.as_tensor(x, device=a), "cpu:0"),
        (lambda x, a, b: torch.empty(3, 4).copy_(x.to(b)), "cpu"),
        (lambda x, a, b: copy.deepcopy(x.to(b)), "cpu:1"),
        (lambda x, a, b: copy.deepcopy(nn.Linear(2, 2).to(b)).weight, "cpu:1"),
        (lambda x, a, b: nn.Parameter(x.to(b)), "cpu:1"),
        (lambda x, a, b: x.to(b).detach().requires_grad_(), "cpu:1"),
        (lambda x, a, b: x.to(b).data, "cpu:1"),
        (lambda x, a, b: nn.LSTM(4, 2).to(b)(x.to(b))[0], "cpu:1"),
        (lambda x, a, b: nn.TransformerEncoderLayer(4, 2, 8, device=b)(x.to(b)), "cpu:1"),
    ],
)
def test_where_a_tensor_lies(make: Meeting, place: str) -> None:
    with devices(2) as (a, b):
        assert str(make(torch.randn(3, 4), a, b).device) == place


def test_default_devices_are_obeyed() -> None:
    with devices(2) as (_first, second), torch.device(second):
        assert nn.Linear(2, 2).weight.device == second


def test_to_where_it_lies_already_is_no_copy() -> None:
    x = torch.randn(3)
    with devices(2) as (first, _second):
        assert x.to("cpu") is x
        moved = x.to(first)
        assert moved is not x
        assert moved.to(first) is moved
        moved.zero_()
    assert x.ne(0).all()


def test_the_gradient_comes_back_the_way_it_went() -> None:
    with devices(2) as (first, second):
        x = torch.randn(3, requires_grad=True)
        middle = (x.to(first) * 2).to(second)
        middle.retain_grad()
        (middle * 3).sum().backward()
        assert x.grad is not None
        assert (str(x.grad.device), x.grad.tolist()) == ("cpu", [6.0] * 3)
        assert middle.grad is not None
        assert middle.grad.device == second
        (second_order,) = torch.autograd.grad(x.to(second).pow(3).sum(), x, create_graph=True)
        second_order.sum().backward()
        torch.testing.assert_close(x.grad - 6, 6 * x)


@pytest.mark.parametrize("use_reentrant", [False, True])
def test_what_runs_again_in_a_backward_pass_may_move_too(use_reentrant: bool) -> None:
    x = torch.randn(3, 4)
    with devices(2) as (first, second):
        model = Staged(first, second)
        inner = x.clone().requires_grad_()
        checkpoint(model, inner, use_reentrant=use_reentrant).sum().backward()
        assert model.two.weight.grad is not None
        assert model.two.weight.grad.device == second
        assert inner.grad is not None


class Moves(torch.autograd.Function):
    """A submission's own, which moves in its backward pass."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, place: torch.device) -> torch.Tensor:
        ctx.source = x.device
        return x.to(place)

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor, None]:  # type: ignore[override]
        return gradient.to(ctx.source), None


def test_functions_of_ones_own() -> None:
    with devices(2) as (first, second):
        x = torch.randn(3, device=first, requires_grad=True)
        (Moves.apply(x, second) * torch.ones(3, device=second)).sum().backward()  # type: ignore[no-untyped-call]
        assert x.grad is not None
        assert x.grad.device == first
        (x.grad + x).sum()


def test_only_the_hosts_memory_becomes_an_array() -> None:
    with devices(2) as (first, _second):
        x = torch.ones(2, device=first)
        with pytest.raises(TypeError, match="can't convert cpu:0 device type tensor to numpy"):
            x.numpy()
        assert x.cpu().numpy().tolist() == [1.0, 1.0]
        assert x.sum().item() == 2.0


def test_there_are_as_many_as_asked_for() -> None:
    with devices(3) as places:
        assert [str(place) for place in places] == ["cpu:0", "cpu:1", "cpu:2"]
        with pytest.raises(RuntimeError, match="invalid device ordinal: cpu:3"):
            torch.ones(1).to("cpu:3")
    with pytest.raises(ValueError, match="2 to 8"), devices(1):
        pass


def test_everything_is_as_before_afterwards() -> None:
    before = dict(torch.Tensor.__dict__)
    with pytest.raises(ZeroDivisionError), devices(2) as (first, _second):
        _ = torch.ones(1, device=first).numel() // 0
    assert dict(torch.Tensor.__dict__) == before
    x = torch.ones(2, device="cpu:1") + torch.ones(2)
    assert x.to("cpu:1").device == torch.device("cpu")


def test_gpus_where_there_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    with devices(2, torch.device("cuda")) as places:
        assert [str(place) for place in places] == ["cuda:0", "cuda:1"]
    with devices(3, "cuda") as places:
        assert {place.type for place in places} == {"cpu"}
    with devices(2) as places:
        assert {place.type for place in places} == {"cpu"}

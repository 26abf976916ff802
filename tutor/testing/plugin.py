"""The pytest plugin behind a grader: its fixtures, and a way to run it without the engine.

In the judge it only gives the fixtures. With plain pytest it also brings the submission into this very process, which
is handy while a grader is written and is what ``benchmarks/verdict.py`` compares the engine with::

    python -m pytest -p tutor.testing.plugin exercises/custom_loss/squared_error --submission my_answer.py

That way is neither confined nor proof against a submission that patches torch; the engine is.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch

from tutor.testing.inputs import Tensors
from tutor.testing.probe import Probe, use_transport
from tutor.testing.ranks import Surroundings, use_surroundings


class LocalTransport:
    """Runs probes in this process, on copies of their tensors."""

    def __init__(self, submission: Path, device: torch.device) -> None:
        self._path = submission
        self._device = device
        self._module: ModuleType | None = None

    def _submission(self) -> ModuleType:
        if self._module is None:
            spec = importlib.util.spec_from_file_location(self._path.stem, self._path)
            if spec is None or spec.loader is None:
                raise pytest.UsageError(f"--submission: {self._path} is no Python file")
            self._module = importlib.util.module_from_spec(spec)
            sys.modules[self._path.stem] = self._module
            spec.loader.exec_module(self._module)
        return self._module

    def _copy(self, value: Any) -> Any:
        if isinstance(value, torch.Tensor):
            copy = torch.empty_strided(value.shape, value.stride(), dtype=value.dtype).copy_(value.detach())
            return copy.to(self._device).requires_grad_(value.requires_grad)
        if isinstance(value, (list, tuple)):
            return type(value)(self._copy(v) for v in value)
        if isinstance(value, dict):
            return {k: self._copy(v) for k, v in value.items()}
        return value

    def call(self, probe: Probe, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if probe.wants_device and "device" not in kwargs:
            kwargs = {**kwargs, "device": self._device}
        copied = self._copy(kwargs)
        result = probe.function(self._submission(), *self._copy(args), **copied)
        return _on_cpu(result)


def _on_cpu(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return value.detach().cpu().requires_grad_(value.requires_grad)
    if isinstance(value, (list, tuple)):
        return type(value)(_on_cpu(v) for v in value)
    if isinstance(value, dict):
        return {k: _on_cpu(v) for k, v in value.items()}
    return value


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("tutor")
    group.addoption("--submission", type=Path, default=None, help="the answer to grade, in this process")
    group.addoption("--grading-seed", type=int, default=0, help="seed of the inputs (default 0)")
    group.addoption("--grading-device", default="cpu", help="device that probes receive (default cpu)")


def pytest_configure(config: pytest.Config) -> None:
    submission: Path | None = config.getoption("--submission")
    if submission is not None:
        if not submission.is_file():
            raise pytest.UsageError(f"--submission: no such file: {submission}")
        use_transport(LocalTransport(submission, torch.device(config.getoption("--grading-device"))))
        use_surroundings(Surroundings(file=str(submission)))


@pytest.fixture(scope="session")
def seed(pytestconfig: pytest.Config) -> int:
    """The run's seed: graders take it where they need randomness of their own."""
    return int(pytestconfig.getoption("--grading-seed"))


@pytest.fixture
def tensors(request: pytest.FixtureRequest, seed: int) -> Tensors:
    """Seeded inputs, different for each test and each of its cases, equal for equal seeds."""
    return Tensors(seed, request.node.name)


@pytest.fixture(scope="module")
def module_tensors(request: pytest.FixtureRequest, seed: int) -> Tensors:
    """Seeded inputs for a fixture of module scope."""
    return Tensors(seed, request.node.name)


@pytest.fixture(autouse=True)
def _reseed(seed: int) -> None:
    torch.manual_seed(seed)

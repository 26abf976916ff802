"""Seeing which torch functions a submission calls, inside a probe.

What is counted here is counted in the box, where the submission could forge it: use it to advise ("write the formula
yourself"), never as the only proof.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch.overrides import TorchFunctionMode, resolve_name


class Forbidden(TorchFunctionMode):
    """Context manager that notes calls of some torch functions. ``seen`` holds their full names, in order."""

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__()
        self._names = frozenset(names)
        self.seen: list[str] = []

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        name = resolve_name(func) or getattr(func, "__name__", "")
        if name in self._names or name.rpartition(".")[2] in self._names:
            self.seen.append(name)
        return func(*args, **(kwargs or {}))


def forbid(*names: str) -> Forbidden:
    """Note calls of torch functions by name (``"mse_loss"``) or full name (``"torch.nn.functional.mse_loss"``).

    Modules are seen through the functions they call: ``nn.MSELoss`` shows as ``mse_loss``. Example::

        @probe
        def called(submission, x, target):
            with forbid("mse_loss") as calls:
                submission.SquaredErrorLoss()(x, target)
            return calls.seen
    """
    if not names:
        raise ValueError("forbid() needs at least one name")
    for name in names:
        tail = name.rpartition(".")[2]
        if not any(hasattr(room, tail) for room in (torch, torch.Tensor, torch.nn.functional, torch.linalg)):
            raise ValueError(f"torch has no function {name!r}")
    return Forbidden(names)

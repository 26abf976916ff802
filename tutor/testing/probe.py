"""Probes: the only code that touches a submission.

A probe is written in the grader and called by its tests as an ordinary function, without its first argument. The call
crosses into the box, where the function runs with the imported submission as ``submission``; plain values (tensors,
numbers, strings, lists, tuples, dicts, None) cross back. Who carries the call is a ``Transport``, given by the judge.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from _pytest.outcomes import Failed

T = TypeVar("T")


class ProbeRaised(Exception):
    """The submission raised while a probe ran.

    Attributes:
        kind: the exception's class name, such as ``"ValueError"``.
        text: its message.
        kinds: the names of all its classes, the exception's own first.
        line: the learner's deepest line, from 1, or None.
        frames: the learner's frames as plain data, outermost first.
        missing: the name that the submission does not define, where that was the trouble.
        data: all that is known of the exception, as plain data.
    """

    def __init__(
        self,
        kind: str,
        text: str,
        kinds: Sequence[str] = (),
        line: int | None = None,
        frames: Sequence[Mapping[str, Any]] = (),
        missing: str | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{kind}: {text}" if text else kind)
        self.kind = kind
        self.text = text
        self.kinds = tuple(kinds)
        self.line = line
        self.frames = tuple(frames)
        self.missing = missing
        self.data = data


class BoxLost(Failed):
    """The box did not answer: it hung, died or left. ``fault`` says how, as plain data.

    Derived from pytest's own outcome, so that ``pytest.raises(Exception)`` in a grader cannot swallow it and a
    module-scoped fixture keeps it instead of running a hanging training again for every requirement.
    """

    def __init__(self, fault: Mapping[str, Any]) -> None:
        super().__init__(str(fault.get("message", "")), pytrace=False)
        self.fault = dict(fault)


class Transport(Protocol):
    """Carries a probe's call to wherever the submission lives."""

    def call(self, probe: Probe, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The value that the probe returned there.

        Raises:
            ProbeRaised: the submission, or the probe itself, raised.
            BoxLost: there is no answer, and why.
        """
        ...


_transport: Transport | None = None


def use_transport(transport: Transport | None) -> None:
    """From now on, in this process, probes are carried by ``transport``."""
    global _transport
    _transport = transport


class Probe:
    """A function that runs beside the submission. Made by ``@probe``."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.__name__ = function.__name__
        self.__doc__ = function.__doc__
        self.__wrapped__ = function
        parameters = inspect.signature(function).parameters
        if not parameters:
            raise TypeError(f"probe {function.__name__}() needs a first parameter, the submission")
        self.wants_device = "device" in parameters

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if _transport is None:
            raise RuntimeError(
                f"probe {self.__name__}() was called with no box behind it: run the grader with `tutor check`, "
                "or with `pytest -p tutor.testing.plugin --submission FILE`"
            )
        return _transport.call(self, args, kwargs)

    def __reduce__(self) -> tuple[Callable[[T], T], tuple[Callable[..., Any]]]:
        # In the box a probe is the bare function, so that one probe may call another.
        return _itself, (self.function,)


def _itself(value: T) -> T:
    return value


def probe(function: Callable[..., Any]) -> Probe:
    """Mark ``function(submission, …)`` as a probe. A parameter named ``device`` receives the run's ``torch.device``."""
    return Probe(function)

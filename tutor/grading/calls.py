"""The payloads of ``Call`` and ``Reply``: a probe with its arguments one way, its value or its exception the other.

cloudpickle carries the probe's function alone, and only from judge to box. What the box sends back is plain data.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import cloudpickle
import msgspec
import torch

from tutor.grading import texts, wire
from tutor.grading.raised import Raised, cleaned
from tutor.testing.probe import ProbeRaised


class _Call(msgspec.Struct, frozen=True, array_like=True):
    function: bytes
    arguments: bytes
    wants_device: bool


class Failed(msgspec.Struct, frozen=True, tag=True):
    """The probe raised."""

    error: Raised
    missing: str | None = None
    """The name that the submission does not define, where that was the trouble."""


class Value(msgspec.Struct, frozen=True, tag=True):
    """A value as ``wire`` wrote it."""

    data: bytes


_encoder = msgspec.msgpack.Encoder()
_call_decoder = msgspec.msgpack.Decoder(_Call)
_answer_decoder = msgspec.msgpack.Decoder(Failed | Value)


class ProbeCall(NamedTuple):
    function: Any
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    wants_device: bool


def pickled(function: Any) -> bytes:
    """The bytes of a probe's function, for ``call``. Everything that the function names travels along."""
    return bytes(cloudpickle.dumps(function))


def call(function: bytes, args: tuple[Any, ...], kwargs: dict[str, Any], *, wants_device: bool) -> bytes:
    """Judge's side. Raises ``wire.NotPlain`` where an argument cannot cross: the grader's fault."""
    return _encoder.encode(_Call(function, wire.encode((list(args), kwargs)), wants_device))


def read_call(payload: bytes, device: torch.device) -> ProbeCall:
    """Box's side: the function and its arguments, tensors on ``device``."""
    head = _call_decoder.decode(payload)
    args, kwargs = wire.decode(head.arguments, device)
    return ProbeCall(cloudpickle.loads(head.function), tuple(args), kwargs, head.wants_device)


def value(result: Any) -> bytes:
    """Box's side. Raises ``wire.NotPlain`` where the value cannot cross."""
    return _encoder.encode(Value(wire.encode(result)))


def raised(error: Raised, missing: str | None = None) -> bytes:
    """Box's side."""
    return _encoder.encode(Failed(error, missing))


def read_answer(payload: bytes) -> Any:
    """Judge's side: the value that the probe returned.

    Raises:
        ProbeRaised: the probe raised, or what it sent is no answer.
    """
    try:
        answer = _answer_decoder.decode(payload)
        if isinstance(answer, Value):
            return wire.decode(answer.data)
    except (ValueError, TypeError, RecursionError, MemoryError) as error:
        # ``wire.NotPlain`` is a TypeError, msgspec's errors and invalid UTF-8 are ValueErrors.
        raise ProbeRaised("NotPlainValue", str(error)[:200]) from None
    found = cleaned(answer.error)
    raise ProbeRaised(
        found.kind,
        found.text,
        found.kinds,
        found.line,
        tuple(msgspec.to_builtins(frame) for frame in found.frames),
        None if answer.missing is None else texts.name(answer.missing),
        msgspec.to_builtins(found),
    )

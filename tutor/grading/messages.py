"""What server, judge and box say to each other, as msgpack with a tag. Payloads of probes are opaque to the server."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from tutor.grading.raised import Raised
from tutor.grading.report import Drawing, Event, FaultKind, GradeRequest, RequirementResult

# Client -> server


class Grade(msgspec.Struct, frozen=True, tag=True):
    """Grade this now; whatever runs is given up."""

    request: GradeRequest


class Prepare(msgspec.Struct, frozen=True, tag=True):
    """This exercise has been opened: have a judge and boxes ready."""

    request: GradeRequest


class Cancel(msgspec.Struct, frozen=True, tag=True):
    """Give up the run with this number, if it still runs."""

    run: int


class Rest(msgspec.Struct, frozen=True, tag=True):
    """The learner is at an exercise of another server: keep nothing ready."""

    give_up: bool
    """Give up the run in flight as well."""


class Quit(msgspec.Struct, frozen=True, tag=True):
    """Leave, and leave nothing behind."""


# Server -> judge


class JudgeSetup(msgspec.Struct, frozen=True, tag=True):
    """Import and collect this grader, then wait."""

    grader: str


class JudgeGo(msgspec.Struct, frozen=True, tag=True):
    """Run what was collected."""

    seed: int
    device: str
    language: str


class Answer(msgspec.Struct, frozen=True, tag=True):
    """What a probe returned, or raised (see ``tutor.grading.wire``)."""

    call: int
    payload: bytes


class Lost(msgspec.Struct, frozen=True, tag=True):
    """The box did not answer; the fault as plain data."""

    call: int
    fault: dict[str, Any]


# Judge -> server


class Ready(msgspec.Struct, frozen=True, tag=True):
    """The grader is imported; these test functions it has, in order."""

    tests: tuple[str, ...]


class Began(msgspec.Struct, frozen=True, tag=True):
    test: str


class Call(msgspec.Struct, frozen=True, tag=True):
    """Run a probe. Judge -> server -> box."""

    call: int
    payload: bytes


class Result(msgspec.Struct, frozen=True, tag=True):
    result: RequirementResult


class Finished(msgspec.Struct, frozen=True, tag=True):
    """The judge is through with every test."""


class GraderFault(msgspec.Struct, frozen=True, tag=True):
    """The grader cannot be imported or collected."""

    message: str


# Server -> box


class BoxSetup(msgspec.Struct, frozen=True, tag=True):
    """Become the box of one requirement and import the submission. ``Call`` messages follow."""

    name: str
    source: bytes
    folder: str
    device: str
    seed: int
    memory_mb: int
    seconds: float
    """Seconds left before the server kills this box."""


class Deadline(msgspec.Struct, frozen=True, tag=True):
    """The next requirement has begun, for a box that serves several; the server's patience ends in ``seconds``."""

    seconds: float


# Box -> server


class Awake(msgspec.Struct, frozen=True, tag=True):
    """This process has imported everything and waits. Sent once, before anything else."""


class Loaded(msgspec.Struct, frozen=True, tag=True):
    """The submission is imported."""


class LoadFailed(msgspec.Struct, frozen=True, tag=True):
    """It is not, and why."""

    kind: FaultKind
    raised: Raised


class Reply(msgspec.Struct, frozen=True, tag=True):
    call: int
    payload: bytes


class Show(msgspec.Struct, frozen=True, tag=True):
    """New values of a curve. Box -> server, or judge -> server."""

    kind: Literal["curve"]
    name: str
    values: tuple[float, ...]
    """Numbers and nothing else: a decoder that makes anything of anything can be made to make too much."""


class Draw(msgspec.Struct, frozen=True, tag=True):
    """A drawing. Box -> server, or judge -> server."""

    drawing: Drawing


def shown(kind: str, name: str, values: Any) -> Show | Draw:
    """The message of what ``tutor.testing.show`` hands to its sink.

    Raises:
        msgspec.ValidationError: it is nothing that can be shown.
    """
    if kind == "curve":
        return Show("curve", name, tuple(values))
    return Draw(msgspec.convert({"type": kind.capitalize(), "name": name, **values}, Drawing))


ToServer = Grade | Prepare | Cancel | Rest | Quit
ToJudge = JudgeSetup | JudgeGo | Answer | Lost
FromJudge = Ready | Began | Call | Result | Finished | GraderFault | Show | Draw
ToBox = BoxSetup | Call | Deadline
FromBox = Awake | Loaded | LoadFailed | Reply | Show | Draw

REPLY = b"\x83\xa4type\xa5Reply"
"""How every encoded ``Reply`` begins: the only message of a box that may be large."""

_encoder = msgspec.msgpack.Encoder()
encode = _encoder.encode

decode_to_server = msgspec.msgpack.Decoder(ToServer).decode
decode_to_judge = msgspec.msgpack.Decoder(ToJudge).decode
decode_from_judge = msgspec.msgpack.Decoder(FromJudge).decode
decode_to_box = msgspec.msgpack.Decoder(ToBox).decode
decode_from_box = msgspec.msgpack.Decoder(FromBox).decode
decode_event = msgspec.msgpack.Decoder(Event).decode

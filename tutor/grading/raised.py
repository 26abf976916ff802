"""An exception of a submission as plain data: its type, its words, and the learner's frames.

The box describes it (``tutor.grading.learner_frames``); whatever comes from there goes through ``cleaned`` before
anybody believes it. Values of tensors never travel, only what kind of thing each name stood for.
"""

from __future__ import annotations

import math
from typing import Literal

import msgspec

from tutor.grading import texts

MOST_TEXT = 2000
MOST_NAME = 80
MOST_CODE = 200
MOST_FRAMES = 12
MOST_VARIABLES = 24
"""Variables of one frame."""
MOST_KINDS = 12
MOST_DIMENSIONS = 12
MOST_SIZE = 2**53
MOST_LINE = 10**7
MOST_RANKS = 16
MOST_SIGNAL = 127
MOST_STATUS = 2**32 - 1
"""Of a process: Windows has 32 bits for it."""


class Variable(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one name stood for in a frame: a tensor, an array, a module, a list or None."""

    name: str
    """As the learner would write it: ``x``, ``self.weight``, ``self.layers[0].bias``, ``batch[1]``."""
    kind: str
    """The class: ``"Tensor"``, ``"Parameter"``, ``"ndarray"``, ``"Linear"``, ``"list"``, ``"NoneType"``."""
    shape: tuple[int, ...] | None = None
    """Of a tensor or an array; the length, of a list or a tuple."""
    dtype: str = ""
    """Without ``torch.``; empty for what has none."""
    device: str = ""
    requires_grad: bool = False
    finite: bool | None = None
    """Whether all of its values are finite; None where that is not known."""

    @property
    def is_tensor(self) -> bool:
        return bool(self.dtype) and bool(self.device)


class Frame(msgspec.Struct, frozen=True, omit_defaults=True):
    """One of the learner's frames at the moment of the exception."""

    line: int
    function: str
    code: str
    """The line of source, without its indentation."""
    expression: str = ""
    """The part of it (or of several lines) that was being computed, where Python knows."""
    variables: tuple[Variable, ...] = ()
    """Only of the innermost frames; those that the line names come first."""


class RankEnd(msgspec.Struct, frozen=True, omit_defaults=True):
    """How one of several ranks came to its end; the fields are those of ``tutor.testing.ranks.RankEnd``."""

    rank: int
    world_size: int
    ended: Literal["raised", "signal", "exit", "hung"]
    status: int = 0
    seconds: float = 0.0
    line: int | None = None
    running: tuple[tuple[int, int | None], ...] = ()
    finished: tuple[int, ...] = ()
    waited: bool = False


class Raised(msgspec.Struct, frozen=True, omit_defaults=True):
    """An exception: what it is called, what it says, and where in the learner's code it arose."""

    kind: str
    kinds: tuple[str, ...]
    """Names of all its classes, its own first."""
    text: str
    line: int | None = None
    """The learner's deepest line, from 1."""
    frames: tuple[Frame, ...] = ()
    """The learner's own, outermost first."""
    origin: str = ""
    """The function that raised (``torch.nn.functional.cross_entropy``); empty where it is the learner's own."""
    suggestion: str = ""
    """An existing name that is spelled much like the one that is missing."""
    rank: RankEnd | None = None
    """Which of several ranks it was, where there were some."""


def root_of(name: str) -> str:
    """``self.net[0].weight`` -> ``self.net``, ``net.bias`` -> ``net``: what is written where a module is called."""
    parts = name.split(".")
    return ".".join(parts[:2] if parts[0] == "self" else parts[:1]).split("[")[0]


def _word(text: str, most: int = MOST_NAME) -> str:
    """``text`` in one line."""
    return " ".join(texts.clean(text, most).split())


def cleaned(raised: Raised) -> Raised:
    """``raised`` with everything in it fit to be shown: types are msgspec's concern, sizes and signs are this one's."""
    return Raised(
        _word(raised.kind),
        tuple(_word(kind) for kind in raised.kinds[:MOST_KINDS]),
        texts.clean(raised.text, MOST_TEXT),
        _line(raised.line),
        tuple(_clean_frame(frame) for frame in raised.frames[-MOST_FRAMES:]),
        _word(raised.origin, MOST_CODE),
        _word(raised.suggestion),
        raised.rank and _clean_end(raised.rank),
    )


def _clean_end(end: RankEnd) -> RankEnd | None:
    """``end``, or None where no group of ranks can have ended like that: what it came with is then an exception."""
    named = (end.rank, *(rank for rank, _at in end.running), *end.finished)
    possible = (
        0 < end.world_size <= MOST_RANKS
        and len(named) <= 2 * MOST_RANKS
        and all(0 <= rank < end.world_size for rank in named)
        and 0 <= end.status <= (MOST_SIGNAL if end.ended == "signal" else MOST_STATUS)
        and 0 <= end.seconds < math.inf
    )
    if not possible:
        return None
    running = tuple((rank, _line(line)) for rank, line in end.running)
    return msgspec.structs.replace(end, line=_line(end.line), running=running)


def _clean_frame(frame: Frame) -> Frame:
    return Frame(
        _line(frame.line) or 0,
        _word(frame.function),
        _word(frame.code, MOST_CODE),
        _word(frame.expression, MOST_CODE),
        tuple(_clean_variable(variable) for variable in frame.variables[:MOST_VARIABLES]),
    )


def _clean_variable(variable: Variable) -> Variable:
    shape = variable.shape
    if shape is not None and (len(shape) > MOST_DIMENSIONS or not all(0 <= size <= MOST_SIZE for size in shape)):
        shape = None
    return Variable(
        _word(variable.name),
        _word(variable.kind),
        shape,
        _word(variable.dtype, 32),
        _word(variable.device, 32),
        variable.requires_grad,
        variable.finite,
    )


def _line(number: int | None) -> int | None:
    return number if number is not None and 0 < number < MOST_LINE else None

"""What a grading run says: events while it runs, a Report at its end. Plain data; imports neither torch nor pytest."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from tutor.grading.raised import Raised

Verdict = Literal["passed", "failed", "error", "not_run"]
RunVerdict = Literal["passed", "failed", "error"]
FaultKind = Literal[
    "syntax", "import", "timeout", "memory", "gpu_memory", "crash", "exit", "output", "device", "incomplete", "grader"
]


class Fault(msgspec.Struct, frozen=True):
    """One way of not finishing."""

    kind: FaultKind
    message: str
    line: int | None = None
    """Line of the submission, from 1, where it is known."""
    requirement: str | None = None
    raised: Raised | None = None
    """The exception behind it, where there was one."""


class Facts(msgspec.Struct, frozen=True, omit_defaults=True):
    """What can be said of a tensor without its values."""

    shape: tuple[int, ...]
    dtype: str = ""
    """Without ``torch.``; empty where any will do."""
    device: str = ""
    nan: int = 0
    """How many of its values are NaN."""
    infinite: int = 0

    @property
    def finite(self) -> bool:
        return not self.nan and not self.infinite


class Comparison(msgspec.Struct, frozen=True):
    """What was expected and what came, in the words of ``tutor.testing.describe`` (shape, dtype, value)."""

    what: str
    expected: str
    came: str
    largest_difference: float | None = None
    at: tuple[int, ...] | None = None
    """Index of the largest difference."""
    expected_facts: Facts | None = None
    came_facts: Facts | None = None
    difference: tuple[tuple[float, ...], ...] = ()
    """``came - expected``, row by row (one row for one dimension): of a small tensor, or of that part of a larger one
    which holds the largest difference."""
    part: tuple[tuple[int, int], ...] = ()
    """Of which part: where it begins and ends in each dimension; empty where it is the whole."""


class Figure(msgspec.Struct, frozen=True):
    """A figure that was held against a bar, such as an accuracy after a training."""

    what: str
    value: float
    bar: float
    wanted: Literal["at_least", "at_most"]


class RequirementResult(msgspec.Struct, frozen=True):
    """The verdict on one requirement (one test function, all its parametrised cases together)."""

    id: str
    verdict: Verdict
    message: str = ""
    fault: Fault | None = None
    output: str = ""
    """What the submission printed meanwhile, cut to a screenful or two."""
    seconds: float = 0.0
    comparison: Comparison | None = None
    line: int | None = None
    """Line of the submission that raised, where something was raised."""
    observed: tuple[str, ...] = ()
    """What the probes returned, rounded so that it survives another machine: what fingerprints are made of."""
    raised: Raised | None = None
    """The exception that decided it, where there was one."""
    figures: tuple[Figure, ...] = ()
    """What was measured, whether it was enough or not."""


class Curve(msgspec.Struct, frozen=True):
    """A run of numbers over steps, such as a training loss."""

    name: str
    values: tuple[float, ...]
    requirement: str = ""


MOST_SIDE = 256
"""Pixels of a picture, either way."""
MOST_IMAGES = 64
"""Small pictures in one gallery."""
MOST_PIXEL_BYTES = MOST_SIDE * MOST_SIDE * 3
"""Of all pictures of a gallery together."""
MOST_CELLS = 64
"""Rows and columns of a matrix."""
_Row = Annotated[tuple[float, ...], Meta(min_length=1, max_length=MOST_CELLS)]
MOST_SPOTS = 2_000
"""Points of a scatter plot."""
MOST_CLASSES = 16
"""Of such points."""


class Image(msgspec.Struct, frozen=True, omit_defaults=True):
    """One picture, row by row: a byte a pixel is grey, three are red, green and blue."""

    height: Annotated[int, Meta(ge=1, le=MOST_SIDE)]
    width: Annotated[int, Meta(ge=1, le=MOST_SIDE)]
    pixels: Annotated[bytes, Meta(max_length=MOST_PIXEL_BYTES)]
    caption: str = ""
    right: bool | None = None
    """Whether what the caption says of it is right, where that is a question."""

    @property
    def colour(self) -> bool:
        return len(self.pixels) > self.height * self.width


class Images(msgspec.Struct, frozen=True, omit_defaults=True, tag=True):
    """One picture, or a gallery of them. ``low`` and ``high`` are the values that are drawn black and white."""

    name: str
    images: Annotated[tuple[Image, ...], Meta(min_length=1, max_length=MOST_IMAGES)]
    low: float = 0.0
    high: float = 1.0
    requirement: str = ""


class Matrix(msgspec.Struct, frozen=True, omit_defaults=True, tag=True):
    """Numbers in rows and columns, such as an attention map. Labels and axes may be missing."""

    name: str
    values: Annotated[tuple[_Row, ...], Meta(min_length=1, max_length=MOST_CELLS)]
    rows: Annotated[tuple[str, ...], Meta(max_length=MOST_CELLS)] = ()
    columns: Annotated[tuple[str, ...], Meta(max_length=MOST_CELLS)] = ()
    axes: tuple[str, str] = ("", "")
    """What a row is, what a column is. The screen translates the names that it knows."""
    requirement: str = ""


class Scatter(msgspec.Struct, frozen=True, omit_defaults=True, tag=True):
    """Points in a plane. ``classes`` numbers the class of each point; ``names`` holds the names of the classes."""

    name: str
    points: Annotated[tuple[tuple[float, float], ...], Meta(min_length=1, max_length=MOST_SPOTS)]
    classes: Annotated[tuple[int, ...], Meta(max_length=MOST_SPOTS)] = ()
    names: Annotated[tuple[str, ...], Meta(max_length=MOST_CLASSES)] = ()
    requirement: str = ""


Drawing = Images | Matrix | Scatter


class Picture(msgspec.Struct, frozen=True):
    """A grey picture as old reports hold it: rows of values in [0, 1]. None are made any more."""

    name: str
    rows: tuple[tuple[float, ...], ...]
    requirement: str = ""

    def drawing(self) -> Images:
        """The same as a drawing."""
        width = max(map(len, self.rows), default=0)
        pixels = bytearray()
        for row in self.rows:
            grey = [round(255 * value) if 0 <= value <= 1 else 255 * (value > 1) for value in row]
            pixels += bytes(grey) + bytes(width - len(row))
        return Images(self.name, (Image(len(self.rows), width, bytes(pixels)),), requirement=self.requirement)


class Report(msgspec.Struct, frozen=True):
    """Everything one grading run found. ``requirements`` stand in the grader's order, all of them, always."""

    exercise: str
    device: str
    seed: int
    verdict: RunVerdict
    fault: Fault | None
    seconds: float
    requirements: tuple[RequirementResult, ...]
    curves: tuple[Curve, ...] = ()
    pictures: tuple[Picture, ...] = ()
    """Only in reports of before there were ``drawings``."""
    drawings: tuple[Drawing, ...] = ()

    @property
    def passed(self) -> bool:
        return self.verdict == "passed"

    @property
    def drawn(self) -> tuple[Drawing, ...]:
        """All drawings, however old the report is."""
        old = tuple(picture.drawing() for picture in self.pictures if picture.rows and picture.rows[0])
        return (*old, *self.drawings)


class GradeRequest(msgspec.Struct, frozen=True):
    """One submission to grade. ``source`` is what is graded: the file is never read again."""

    run: int
    exercise: str
    name: str
    """Module name under which probes import the submission."""
    grader: str
    """Path of the grader's file."""
    requirements: tuple[str, ...]
    """Names of the test functions that must run, in order."""
    source: bytes
    seconds: float
    run_seconds: float
    memory_mb: int
    output_kb: int
    device: Literal["cpu", "cuda", "auto"] = "cpu"
    devices: tuple[str, ...] = ("cpu", "cuda")
    """Devices that the grader supports."""
    seed: int = 0
    language: str = "en"
    needs: tuple[str, ...] = ()


# Events. Status may come at any time; a run is Collected, (Started, Output*, Point*, Drawn*, Decided)*, Done.


class Status(msgspec.Struct, frozen=True, tag=True):
    """The engine's own state."""

    state: Literal["warming", "ready", "stopped"]
    message: str = ""
    confinement: tuple[str, ...] = ()
    """Names of the protections that are active (``tutor doctor`` explains them)."""


class Collected(msgspec.Struct, frozen=True, tag=True):
    run: int
    requirements: tuple[str, ...]
    device: str


class Started(msgspec.Struct, frozen=True, tag=True):
    run: int
    requirement: str


class Output(msgspec.Struct, frozen=True, tag=True):
    """Something that the submission printed, already cleaned of control sequences."""

    run: int
    requirement: str
    text: str


class Point(msgspec.Struct, frozen=True, tag=True):
    """New values of a curve, to be appended."""

    run: int
    requirement: str
    name: str
    values: tuple[float, ...]


class Drawn(msgspec.Struct, frozen=True, tag=True):
    """A drawing; one of the same name and requirement takes the place of the one before."""

    run: int
    drawing: Drawing


class Decided(msgspec.Struct, frozen=True, tag=True):
    run: int
    result: RequirementResult


class Done(msgspec.Struct, frozen=True, tag=True):
    run: int
    report: Report


class Cancelled(msgspec.Struct, frozen=True, tag=True):
    """The run was given up: by a cancel, or because a newer submission came."""

    run: int


Event = Status | Collected | Started | Output | Point | Drawn | Decided | Done | Cancelled
RunEvent = Collected | Started | Output | Point | Drawn | Decided | Done | Cancelled

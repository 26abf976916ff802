"""What a run shows while it goes on: text, curves, pictures. All of it comes from a submission: cut and cleaned."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from tutor.grading import messages, texts
from tutor.grading.report import (
    MOST_PIXEL_BYTES,
    Curve,
    Drawing,
    Drawn,
    Event,
    Images,
    Matrix,
    Output,
    Point,
    RequirementResult,
    Scatter,
)

MOST_KEPT_OUTPUT = 16 * 1024
MOST_POINTS = 20_000
MOST_CURVES = 32
"""Names, in all requirements together."""
MOST_DRAWINGS = 32
"""Names, in all requirements together."""
MOST_DRAWN = 512
"""Drawings in one run, those counted too whose place another has taken."""


class Shown:
    """Keeps what is shown for the report, and sends it on as it comes."""

    def __init__(self, run: int, emit: Callable[[Event], None]) -> None:
        self._run = run
        self._emit = emit
        self._kept: dict[str, str] = {}
        self._curves: dict[tuple[str, str], list[float]] = {}
        self._points = 0
        self._drawings: dict[tuple[str, str], Drawing] = {}
        self._drawn = 0

    def printed(self, data: bytes, requirement: str) -> None:
        """Text, of which a screenful or two is kept for each requirement."""
        text = texts.clean(data.decode("utf-8", "replace"), None)
        kept = self._kept.get(requirement, "")
        if len(kept) < MOST_KEPT_OUTPUT:
            shown = text[: MOST_KEPT_OUTPUT - len(kept)]
            self._kept[requirement] = kept + shown
            self._emit(Output(self._run, requirement, shown))

    def output(self, requirement: str) -> str:
        """What has been kept of the text."""
        return self._kept.get(requirement, "")

    def show(self, show: messages.Show | messages.Draw, requirement: str) -> None:
        """Curves and drawings are for the eye: what does not look like one is dropped without a word."""
        if isinstance(show, messages.Draw):
            self._draw(show.drawing, requirement)
            return
        name, values = texts.name(show.name), show.values
        self._points += len(values)
        known = (requirement, name) in self._curves or len(self._curves) < MOST_CURVES
        if values and known and self._points <= MOST_POINTS:
            self._curves.setdefault((requirement, name), []).extend(values)
            self._emit(Point(self._run, requirement, name, values))

    def _draw(self, drawing: Drawing, requirement: str) -> None:
        drawing = _cleaned(drawing, requirement)
        key = requirement, drawing.name
        known = key in self._drawings or len(self._drawings) < MOST_DRAWINGS
        if known and self._drawn < MOST_DRAWN and _is_whole(drawing):
            self._drawn += 1
            self._drawings[key] = drawing
            self._emit(Drawn(self._run, drawing))

    @property
    def curves(self) -> tuple[Curve, ...]:
        return tuple(Curve(name, tuple(values), test) for (test, name), values in self._curves.items())

    @property
    def drawings(self) -> tuple[Drawing, ...]:
        """The newest of each name."""
        return tuple(self._drawings.values())


def _is_whole(drawing: Drawing) -> bool:
    """Whether its parts fit together; how many there are at most, the types say."""
    match drawing:
        case Images(images=images):
            whole = all(len(i.pixels) in (i.height * i.width, 3 * i.height * i.width) for i in images)
            return whole and sum(len(i.pixels) for i in images) <= MOST_PIXEL_BYTES
        case Matrix(values=values, rows=rows, columns=columns):
            width = len(values[0])
            labelled = len(rows) in (0, len(values)) and len(columns) in (0, width)
            return labelled and all(len(row) == width for row in values)
        case Scatter(points=points, classes=classes, names=names):
            return len(classes) in (0, len(points)) and all(0 <= number < len(names) for number in classes)


def _cleaned(drawing: Drawing, requirement: str) -> Drawing:
    """With names and labels that are fit to be shown, each in one line."""
    name = texts.name(drawing.name)
    replace = msgspec.structs.replace
    match drawing:
        case Images(images=images):
            cleaned = tuple(replace(image, caption=texts.name(image.caption)) for image in images)
            return replace(drawing, name=name, requirement=requirement, images=cleaned)
        case Matrix(rows=rows, columns=columns, axes=(down, across)):
            return replace(
                drawing,
                name=name,
                requirement=requirement,
                rows=tuple(map(texts.name, rows)),
                columns=tuple(map(texts.name, columns)),
                axes=(texts.name(down), texts.name(across)),
            )
        case Scatter(names=names):
            return replace(drawing, name=name, requirement=requirement, names=tuple(map(texts.name, names)))


def fit(result: RequirementResult) -> RequirementResult:
    """A result whose texts are fit to be shown: the judge quotes what the box has sent."""
    comparison = result.comparison
    if comparison is not None:
        comparison = msgspec.structs.replace(
            comparison,
            what=texts.clean(comparison.what),
            expected=texts.clean(comparison.expected),
            came=texts.clean(comparison.came),
        )
    fault = result.fault
    if fault is not None:
        fault = msgspec.structs.replace(fault, message=texts.clean(fault.message))
    return msgspec.structs.replace(result, message=texts.clean(result.message), fault=fault, comparison=comparison)

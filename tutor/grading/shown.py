"""What a run shows while it goes on: text, curves, pictures. All of it comes from a submission: cut and cleaned."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from tutor.grading import messages, texts
from tutor.grading.report import Curve, Drawn, Event, Output, Picture, Point, RequirementResult

MOST_KEPT_OUTPUT = 16 * 1024
MOST_POINTS = 20_000
MOST_CURVES = 32
"""Names, in all requirements together."""
MOST_PICTURES = 32
MOST_PICTURE_SIDE = 256
"""Pixels. ``tutor.testing.picture`` sends none that is larger."""


class Shown:
    """Keeps what is shown for the report, and sends it on as it comes."""

    def __init__(self, run: int, emit: Callable[[Event], None]) -> None:
        self._run = run
        self._emit = emit
        self._kept: dict[str, str] = {}
        self._curves: dict[tuple[str, str], list[float]] = {}
        self._points = 0
        self._pictures: list[Picture] = []

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

    def show(self, show: messages.Show, requirement: str) -> None:
        """Curves and pictures are for the eye: what does not look like one is dropped without a word."""
        name = texts.name(show.name)
        if show.kind == "curve":
            values = [float(v) for v in show.values if isinstance(v, (int, float))]
            self._points += len(values)
            known = (requirement, name) in self._curves or len(self._curves) < MOST_CURVES
            if values and known and self._points <= MOST_POINTS:
                self._curves.setdefault((requirement, name), []).extend(values)
                self._emit(Point(self._run, requirement, name, tuple(values)))
            return
        if len(self._pictures) == MOST_PICTURES or not _fits_a_screen(show.values):
            return
        try:
            picture = msgspec.convert(
                {"name": name, "rows": show.values, "requirement": requirement}, Picture, strict=False
            )
        except msgspec.ValidationError:
            return
        self._pictures.append(picture)
        self._emit(Drawn(self._run, picture))

    @property
    def curves(self) -> tuple[Curve, ...]:
        return tuple(Curve(name, tuple(values), test) for (test, name), values in self._curves.items())

    @property
    def pictures(self) -> tuple[Picture, ...]:
        return tuple(self._pictures)


def _fits_a_screen(rows: Sequence[Any]) -> bool:
    return len(rows) <= MOST_PICTURE_SIDE and all(
        isinstance(row, (list, tuple)) and len(row) <= MOST_PICTURE_SIDE for row in rows
    )


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

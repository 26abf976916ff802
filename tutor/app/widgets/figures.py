"""Curves and pictures that a grading run has drawn."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
from textual import events
from textual.content import Content
from textual.widgets import Static

from tutor.app.curves import first_not_finite, plot
from tutor.app.pictures import half_blocks
from tutor.grading.report import Curve, Picture
from tutor.locale import _

HEIGHT = 6
"""Lines of a curve."""
WIDEST = 72
"""Cells: a curve across a very wide pane reads no better."""


class _Figure(Static):
    """Redrawn when its width changes."""

    _drawn_for = 0

    def on_resize(self, event: events.Resize) -> None:
        if event.size.width != self._drawn_for:
            self._drawn_for = event.size.width
            self.say()

    def say(self) -> None:
        """Draw again, in the current language and width."""


class CurveView(_Figure):
    """The newest values of every curve; each with its range and its last value."""

    DEFAULT_CSS = """
    CurveView { height: auto; display: none; margin-top: 1; }
    """

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._curves: tuple[Curve, ...] = ()

    def show(self, curves: tuple[Curve, ...]) -> None:
        if curves != self._curves:
            self._curves = curves
            self.display = bool(curves)
            self.say()

    def say(self) -> None:
        width = min(self.size.width, WIDEST)
        if width > 16:
            self.update(Content("\n").join(_curve(curve, width) for curve in self._curves))


def _curve(curve: Curve, width: int) -> Content:
    finite = [v for v in curve.values if math.isfinite(v)]
    low, high = (f"{min(finite):.3g}", f"{max(finite):.3g}") if finite else ("", "")
    margin = max(cell_len(low), cell_len(high))
    last = f"{curve.values[-1]:.4g}" if curve.values else ""
    title = _("{name}: {last} after {steps} steps").format(name=curve.name, last=last, steps=len(curve.values))
    odd = first_not_finite(curve.values)
    if odd is not None:
        title += _(" (not finite from step {step})").format(step=odd)
    parts: list[Content | str | tuple[str, str]] = [(title, "bold")]
    for number, line in enumerate(plot(curve.values, width - margin - 1, HEIGHT)):
        mark = high if number == 0 else low if number == HEIGHT - 1 else ""
        parts += ["\n", (f"{mark:>{margin}} ", "$text-muted"), (line, "$text-accent")]
    return Content.assemble(*parts)


class PictureView(_Figure):
    """Pictures side by side, as many as fit, each under its name."""

    DEFAULT_CSS = """
    PictureView { height: auto; display: none; margin-top: 1; text-wrap: nowrap; }
    """

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._pictures: tuple[Picture, ...] = ()

    def show(self, pictures: tuple[Picture, ...]) -> None:
        if pictures != self._pictures:
            self._pictures = pictures
            self.display = bool(pictures)
            self.say()

    def say(self) -> None:
        width = self.size.width
        if width > 4 and self._pictures:
            self.update(_gallery(self._pictures, width))


def _gallery(pictures: Sequence[Picture], width: int) -> Content:
    """Rows of pictures with a gap of two cells between them."""
    shelves: list[list[tuple[str, int, list[list[tuple[int, int]]]]]] = [[]]
    used = 0
    for picture in pictures:
        lines = half_blocks(picture.rows, width)
        needed = max(len(lines[0]) if lines else 0, min(cell_len(picture.name), width))
        if shelves[-1] and used + 2 + needed > width:
            shelves.append([])
            used = 0
        used += needed + (2 if shelves[-1] else 0)
        shelves[-1].append((picture.name, needed, lines))
    return Content("\n").join(_shelf(shelf) for shelf in shelves)


def _shelf(shelf: Sequence[tuple[str, int, list[list[tuple[int, int]]]]]) -> Content:
    names = [("  ".join(set_cell_size(name, room) for name, room, _lines in shelf), "$text-muted")]
    parts: list[Content | str | tuple[str, str]] = [*names]
    for y in range(max(len(lines) for _name, _room, lines in shelf)):
        parts.append("\n")
        for number, (_name, room, lines) in enumerate(shelf):
            cells = lines[y] if y < len(lines) else []
            parts.append("  " if number else "")
            parts += [("▀", f"rgb({a},{a},{a}) on rgb({b},{b},{b})") for a, b in cells]
            parts.append(" " * (room - len(cells)))
    return Content.assemble(*parts)

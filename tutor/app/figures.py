"""All that a run has drawn, as rows of text: what belongs together side by side, each with its facts in words.

Imports the plotting library and numpy: from a thread, after the first paint.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tutor.app import kitty
from tutor.app.drawing import Look, Row, folded
from tutor.app.facts import curve_facts, drawing_facts
from tutor.app.heat import heat_map
from tutor.app.pictures import cells_of, shelves, wanted
from tutor.app.plots import FRAME, Series, curves, points
from tutor.grading.report import Curve, Drawing, Images, Matrix, Scatter
from tutor.locale import _

WIDEST = 76
"""Cells: a curve across a very wide pane reads no better."""
LOW, HIGH = 5, 10
"""Lines of a curve, at least and at most."""
MOST_SERIES = 4
"""Curves in one plot: strokes for more could not be told apart."""


@dataclass(frozen=True, slots=True)
class Plot:
    """Curves that share their axes."""

    name: str
    curves: tuple[Curve, ...]
    before: Curve | None = None
    """The same curve of the run before, where there is only one."""


@dataclass(frozen=True, slots=True)
class Group:
    """What one requirement has drawn, below its sentence."""

    heading: str
    figures: tuple[Plot | Drawing, ...]


@dataclass(frozen=True, slots=True)
class Room:
    """Where figures are drawn, and in which language: the same figure in the same room looks the same."""

    width: int
    height: int
    look: Look
    language: str


def plots(curves_: Sequence[Curve], before: Sequence[Curve] = ()) -> list[Plot]:
    """Curves by their axes: those of a requirement whose names agree up to a slash, or to the rank, share a plot."""
    grouped: dict[tuple[str, str], list[Curve]] = {}
    for curve in curves_:
        grouped.setdefault((curve.requirement, plot_name(curve.name)), []).append(curve)
    old = {(curve.requirement, curve.name): curve for curve in before}
    found = []
    for (requirement, name), group in grouped.items():
        earlier = old.get((requirement, group[0].name)) if len(group) == 1 else None
        same = earlier is not None and earlier.values == group[0].values
        for start in range(0, len(group), MOST_SERIES):
            found.append(Plot(name, tuple(group[start : start + MOST_SERIES]), None if same else earlier))
    return found


def plot_name(name: str) -> str:
    """``loss`` of ``loss/train`` and of ``loss [rank 1]``."""
    return name.partition(" [rank ")[0].partition("/")[0]


class Artist:
    """Draws groups of figures, and draws anew only what has changed since the last time."""

    def __init__(self) -> None:
        self._known: dict[Plot | Drawing, tuple[Row, ...]] = {}
        self._room: Room | None = None
        self._places: dict[tuple[str, str, int], int] = {}
        """Of pictures that the terminal keeps: requirement, name and index, and where in ``kitty.NUMBERS``."""
        self._words: list[str] = []

    def draw(self, groups: Sequence[Group], room: Room) -> list[Row]:
        """The rows of all ``groups``, none of them wider than the room. See ``take_words`` as well."""
        if room != self._room:
            self._words += self.parting_words()
            self._room, self._known, self._places = room, {}, {}
        known = {}
        rows: list[Row] = []
        for group in groups:
            rows += [((line, "bold"),) for line in folded(group.heading, room.width) if group.heading]
            for figure in group.figures:
                drawn = self._known.get(figure)
                known[figure] = drawn if drawn is not None else tuple(self._figure(figure, room))
                rows += [*known[figure], ()]
        self._known = known
        return rows[:-1]

    def take_words(self) -> str:
        """What the terminal must be told before it is shown the rows, once: pictures, where it takes them whole."""
        words, self._words = "".join(self._words), []
        return words

    def parting_words(self) -> list[str]:
        """What makes the terminal forget all pictures."""
        room = self._room
        if room is None:
            return []
        return [kitty.forgotten(_number(place, room)) for place in self._places.values()]

    def forget(self) -> None:
        """The terminal may have forgotten everything: the next drawing tells it anew."""
        self._room, self._known, self._places, self._words = None, {}, {}, []

    def _figure(self, figure: Plot | Drawing, room: Room) -> Iterator[Row]:
        facts = [drawing_facts(figure)] if not isinstance(figure, Plot) else [curve_facts(c) for c in figure.curves]
        for fact in facts:
            yield from (((line, ""),) for line in folded(fact, room.width))
        width = min(room.width, WIDEST)
        height = max(LOW, min(HIGH, room.height - FRAME - 3))
        match figure:
            case Plot():
                yield from curves(_series(figure), width, height)
            case Images(images=images):
                sent = [self._sent(figure, index, room) for index in range(len(images))] if room.look.graphics else []
                yield from shelves(images, room.width, room.look, sent)
            case Matrix():
                yield from heat_map(figure, room.width, room.look.colours)
            case Scatter(points=spots, classes=classes, names=names):
                yield from points(spots, classes, names, width, max(height, min(16, room.height - FRAME - 3)))

    def _sent(self, figure: Images, index: int, room: Room) -> list[Row]:
        """The cells of a picture that the terminal draws; none where it has too many already."""
        key = figure.requirement, figure.name, index
        place = self._places.get(key, len(self._places))
        if place >= len(kitty.NUMBERS):
            return []
        self._places[key] = place
        image = figure.images[index]
        columns, rows = cells_of(image, room.width, wanted(figure.images, room.width))
        self._words.append(kitty.sent(image, _number(place, room), columns, rows))
        return kitty.cells(place, columns, rows)


def _number(place: int, room: Room) -> int:
    return kitty.number_of(place, all_colours=room.look.graphics == "kitty")


def _series(plot: Plot) -> list[Series]:
    series = [Series(curve.name.removeprefix(f"{plot.name}/"), curve.values) for curve in plot.curves]
    if plot.before is not None:
        series = [Series(_("this run"), series[0].values), Series(_("the run before"), plot.before.values, behind=True)]
    return series

"""What a run has drawn, on paper: its facts in a sentence each; on a terminal the figures below."""

from __future__ import annotations

from dataclasses import dataclass, field

from tutor.cli import paper
from tutor.grading import Curve, Drawing, Drawn, Point
from tutor.locale import current

INDENT = 4
STYLES = {"series0": "cyan", "series1": "yellow", "series2": "green", "series3": "magenta"}
LINES = 16
"""Of a figure, about."""


@dataclass
class Figures:
    """Collects what the requirement that runs now draws."""

    _curves: dict[str, list[float]] = field(default_factory=dict)
    _drawings: dict[str, Drawing] = field(default_factory=dict)

    def hear(self, event: Point | Drawn) -> None:
        if isinstance(event, Point):
            self._curves.setdefault(event.name, []).extend(event.values)
        else:
            self._drawings[event.drawing.name] = event.drawing

    def say(self) -> None:
        """Print everything, and begin anew."""
        curves = [Curve(name, tuple(values)) for name, values in self._curves.items()]
        drawings = list(self._drawings.values())
        self._curves, self._drawings = {}, {}
        if not curves and not drawings:
            return
        console = paper.terminal()
        if console is None:
            _say_facts(curves, drawings)
            return
        from tutor.app.drawing import Look
        from tutor.app.figures import Artist, Group, Room, plots
        from tutor.app.graphics import colours_of

        look = Look(colours_of(console.no_color, console.color_system))
        room = Room(max(1, console.width - INDENT - 1), LINES, look, current())
        for row in Artist().draw([Group("", (*plots(curves), *drawings))], room):
            paper.say(" " * INDENT, *((text, STYLES.get(style, style)) for text, style in row))


def _say_facts(curves: list[Curve], drawings: list[Drawing]) -> None:
    from tutor.app.facts import curve_facts, drawing_facts

    for fact in (*map(curve_facts, curves), *map(drawing_facts, drawings)):
        paper.say(" " * INDENT, fact)

"""A grading run as the screen sees it: events go into a collector, frozen snapshots come out."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from tutor.app.ports import HintView, OutcomeView
from tutor.grading.report import (
    Cancelled,
    Collected,
    Curve,
    Decided,
    Done,
    Drawing,
    Drawn,
    Output,
    Point,
    Report,
    RequirementResult,
    RunEvent,
    Started,
)

LineState = Literal["pending", "running", "passed", "failed", "error", "not_run"]
Phase = Literal["starting", "grading", "done", "cancelled", "died"]

OUTPUT_CHARACTERS = 64 * 1024
"""How much of what a submission prints is kept to be shown: the end of it."""
OUTPUT_LINES = 1_000
CURVE_POINTS = 4_096
"""From here on neighbouring points of a live curve are thinned: no terminal has that many columns."""


@dataclass(frozen=True, slots=True)
class Line:
    """One requirement."""

    id: str
    state: LineState = "pending"
    result: RequirementResult | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that is known of one run at one moment."""

    exercise: str
    token: int
    """Numbers the app's runs: of two, the one with the greater token is the newer."""
    phase: Phase
    lines: tuple[Line, ...]
    device: str = ""
    output: str = ""
    output_cut: bool = False
    """Whether the beginning of the output is missing."""
    curves: tuple[Curve, ...] = ()
    drawings: tuple[Drawing, ...] = ()
    report: Report | None = None
    hint: HintView | None = None
    first_pass: bool = False
    problem: str = ""
    """Why the run could not be finished, where it could not."""

    @property
    def running(self) -> bool:
        return self.phase in ("starting", "grading")

    @property
    def passed(self) -> bool:
        return self.report is not None and self.report.passed

    @property
    def current(self) -> int | None:
        """Index of the requirement that runs now, or comes next."""
        return next((i for i, line in enumerate(self.lines) if line.state in ("running", "pending")), None)

    @property
    def passed_lines(self) -> int:
        return sum(line.state == "passed" for line in self.lines)


class Collector:
    """Takes in the events of one run. Each costs next to nothing, so that a flood of them does not slow the screen."""

    def __init__(self, exercise: str, token: int, requirements: Sequence[str]) -> None:
        self._base = Snapshot(exercise, token, "starting", tuple(Line(name) for name in requirements))
        self._lines = {name: Line(name) for name in requirements}
        self._output: deque[str] = deque()
        self._size = 0
        self._cut = False
        self._curves: dict[tuple[str, str], list[float]] = {}
        self._drawings: dict[tuple[str, str], Drawing] = {}
        self._run: int | None = None

    def feed(self, event: RunEvent | OutcomeView) -> bool:
        """Take in ``event``; answer whether it is worth showing at once (a verdict is, a line of output is not)."""
        if not isinstance(event, RunEvent):
            self._base = replace(self._base, phase="done", hint=event.hint, first_pass=event.first_pass)
            self._finish(event.report)
            return True
        if self._run is None:
            self._run = event.run
        if event.run != self._run:
            return False  # a straggler of an older run
        match event:
            case Output(requirement=requirement, text=text):
                self._print(requirement, text)
                return False
            case Point():
                self._draw_point(event)
                return False
            case Drawn(drawing=drawing):
                self._drawings[drawing.requirement, drawing.name] = drawing
                return False
            case Collected(requirements=requirements, device=device):
                self._lines = {name: self._lines.get(name, Line(name)) for name in requirements}
                self._base = replace(self._base, phase="grading", device=device)
            case Started(requirement=requirement):
                self._lines[requirement] = Line(requirement, "running")
            case Decided(result=result):
                self._lines[result.id] = Line(result.id, result.verdict, result)
            case Done(report=report):
                self._finish(report)
            case Cancelled():
                self._stop("cancelled", "")
        return True

    @property
    def token(self) -> int:
        return self._base.token

    def died(self, problem: str) -> None:
        """The run cannot be finished, because of ``problem``."""
        self._stop("died", problem)

    @property
    def ended(self) -> bool:
        return self._base.phase not in ("starting", "grading")

    def snapshot(self) -> Snapshot:
        output = "".join(self._output)
        lines = output.split("\n")
        cut = self._cut or len(lines) > OUTPUT_LINES + 1
        return replace(
            self._base,
            lines=tuple(self._lines.values()),
            output="\n".join(lines[-OUTPUT_LINES - 1 :]) if cut else output,
            output_cut=cut,
            curves=tuple(Curve(name, tuple(v), of) for (of, name), v in self._curves.items()),
            drawings=tuple(self._drawings.values()),
        )

    def _print(self, requirement: str, text: str) -> None:
        del requirement  # one stream for the whole run: a learner's print reads as it was written
        self._output.append(text[-OUTPUT_CHARACTERS:])
        self._size += min(len(text), OUTPUT_CHARACTERS)
        while self._size > OUTPUT_CHARACTERS and len(self._output) > 1:
            self._size -= len(self._output.popleft())
            self._cut = True

    def _draw_point(self, point: Point) -> None:
        values = self._curves.setdefault((point.requirement, point.name), [])
        values.extend(point.values)
        if len(values) > CURVE_POINTS:
            del values[1:-1:2]

    def _finish(self, report: Report) -> None:
        self._lines = {line.id: line for line in _lines_of(report)}
        self._curves = {(c.requirement, c.name): list(c.values) for c in report.curves} or self._curves
        self._drawings = {(d.requirement, d.name): d for d in report.drawn} or self._drawings
        self._base = replace(self._base, phase="done", report=report, device=report.device)

    def _stop(self, phase: Literal["cancelled", "died"], problem: str) -> None:
        self._base = replace(self._base, phase=phase, problem=problem)
        self._lines = {name: Line(name) if line.state == "running" else line for name, line in self._lines.items()}


def finished(exercise: str, report: Report) -> Snapshot:
    """A run of an earlier start of the app, of which the report is left. Older than any of this one's."""
    return replace(
        Snapshot(exercise, 0, "done", tuple(_lines_of(report))),
        report=report,
        device=report.device,
        curves=report.curves,
        drawings=report.drawn,
        output="".join(r.output for r in report.requirements),
    )


def _lines_of(report: Report) -> list[Line]:
    return [Line(result.id, result.verdict, result) for result in report.requirements]

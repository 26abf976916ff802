"""The requirements of an exercise, each with its verdict as it is decided, and what was expected and what came."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from tutor.app.marks import LINE_MARKS, LINE_WORDS
from tutor.app.runs import Line, Snapshot
from tutor.app.widgets.explaining import comparison_lines, explanation_lines
from tutor.catalog.model import Exercise, Requirement, in_language
from tutor.feedback import explain
from tutor.feedback.figures import figure_lines
from tutor.grading.report import RequirementResult
from tutor.locale import _, current

STATES = tuple(LINE_MARKS)
MOST_REMARKS = 3
"""From the fourth failure on a message must do: the first ones are to be looked at first."""

Detail = Literal["full", "again", "message", "none"]
"""How much a row says below its sentence. Again: what the error means, a row above says. None: what an earlier row said
already holds for this one too."""
UNKNOWN_WIDTH = 60


def line_of(line: Line) -> int | None:
    """The line of the learner's file at which a requirement failed, where that is known."""
    result = line.result if line.state in ("failed", "error") else None
    if result is None:
        return None
    return result.line if result.line is not None or result.fault is None else result.fault.line


def _verdicts() -> dict[str, str]:
    return {state: f"{LINE_MARKS[state]} {_(LINE_WORDS[state])}" for state in STATES}


def _to_line(line: int) -> Content:
    """Leads to a line of the learner's file."""
    return Content("→ ") + Content(_("line {line}").format(line=line)).stylize(f"@click=screen.go_to_line({line})")


def _linked(text: Content, line: int) -> Content | None:
    """``text``, in which the words for ``line`` lead there; None where it does not name the line."""
    found = re.search(re.escape(_("line {line}").format(line=line)) + r"(?!\d)", text.plain)
    return text.stylize(f"@click=screen.go_to_line({line})", *found.span()) if found is not None else None


class RequirementRow(Horizontal):
    """One requirement: mark, word and sentence; details below where it failed."""

    DEFAULT_CSS = """
    RequirementRow {
        height: auto;

        .verdict { padding-right: 2; color: $text-muted; }
        .body { width: 1fr; height: auto; }
        .details { height: auto; padding-left: 2; margin-bottom: 1; display: none; }
        &.-detailed .details { display: block; }
        &.-running .verdict { color: $text-accent; text-style: bold; }
        &.-passed .verdict { color: $text-success; }
        &.-failed .verdict, &.-error .verdict { color: $text-error; text-style: bold; }
        .verdict { link-color: $text-accent; link-style: underline; link-style-hover: bold underline; }
    }
    """

    def __init__(self, requirement: Requirement) -> None:
        self._line = Line(requirement.test)
        super().__init__(classes=f"-{self._line.state}")  # at once: a class that comes later is styled anew
        self._requirement = requirement
        self._detail: Detail = "full"
        self._drawn_for = 0
        self._verdict = Static(classes="verdict", markup=False)
        self._sentence = Static(classes="sentence", markup=False)
        self._details = Static(classes="details", markup=False)

    def compose(self) -> ComposeResult:
        yield self._verdict
        with Vertical(classes="body"):
            yield self._sentence
            yield self._details

    def on_mount(self) -> None:
        self.say()

    def show(self, line: Line, detail: Detail) -> None:
        if (line, detail) != (self._line, self._detail):
            self._line, self._detail = line, detail
            self.say()

    def on_resize(self, event: events.Resize) -> None:
        if event.size.width != self._drawn_for and self._line.result is not None:
            self.say()

    def say(self) -> None:
        line = self._line
        # Two cells of padding; room for a line's number in every row, or they would not stand below each other.
        verdict_width = 2 + max(cell_len(text) for text in (*_verdicts().values(), _to_line(888).plain))
        self._verdict.styles.width = verdict_width
        self._drawn_for = self.size.width
        width = self.size.width - verdict_width - 2 if self.size.width else UNKNOWN_WIDTH
        at = line_of(line)
        below = [_to_line(at)] if at is not None else []
        self._verdict.update(Content("\n").join([Content(_verdicts()[line.state]), *below]))
        self._sentence.update(in_language(self._requirement.sentence, current()))
        details = list(_details(line.result, self._detail, width)) if line.result is not None else []
        self._details.update(Content("\n").join(details))
        for state in STATES:
            self.set_class(state == line.state, f"-{state}")
        self.set_class(bool(details), "-detailed")


class RequirementList(Vertical):
    """All requirements of one exercise, and above them what keeps the whole submission from being graded."""

    DEFAULT_CSS = """
    RequirementList {
        height: auto;

        #fault { display: none; margin-bottom: 1; }
    }
    """

    def __init__(self, exercise: Exercise) -> None:
        super().__init__()
        self._rows = {r.test: RequirementRow(r) for r in exercise.requirements}
        self._fault = Static(id="fault", markup=False)
        self._run: Snapshot | None = None

    def compose(self) -> ComposeResult:
        yield self._fault
        yield from self._rows.values()

    def show(self, run: Snapshot | None) -> None:
        """Show ``run``, or that there was none yet."""
        self._run = run
        lines = {line.id: line for line in run.lines} if run is not None else {}
        said: list[str] = []
        explained: set[str] = set()
        for name, row in self._rows.items():
            line = lines.get(name, Line(name))
            result = line.result if line.state in ("failed", "error") else None
            message = result.message if result is not None else ""
            detail: Detail = "none" if message in said else "full" if len(said) < MOST_REMARKS else "message"
            if message and message not in said:
                said.append(message)
            found = explain(result) if result is not None and detail == "full" else None
            if found is not None:
                detail = "again" if found.id in explained else "full"
                explained.add(found.id)
            row.show(line, detail)
        self.say()

    def say(self) -> None:
        report = self._run.report if self._run is not None else None
        fault = report.fault if report is not None else None
        problem = self._run.problem if self._run is not None else ""
        found = None
        if fault is not None and fault.requirement is None:
            problem, found = fault.message, explain(fault)
        self._fault.display = bool(problem)
        lines = [Content.assemble((f"! {problem}", "$text-error"))] if problem else []
        if problem and fault is not None and fault.line is not None:
            linked = _linked(lines[0], fault.line)
            lines = [linked] if linked is not None else [*lines, _to_line(fault.line)]
        self._fault.update(Content("\n").join([*lines, *(explanation_lines(found) if found is not None else ())]))


def _details(result: RequirementResult, detail: Detail, width: int) -> Iterator[Content]:
    for figure in figure_lines(result):
        yield Content.styled(figure, "$foreground-muted")
    if result.verdict in ("passed", "not_run") or detail == "none":
        return
    if result.message:
        yield Content(result.message)
    if result.fault is not None and result.fault.message != result.message:
        yield Content(result.fault.message)  # its line stands below the verdict
    if result.comparison is not None and detail == "full":
        yield from comparison_lines(result.comparison, result.message, width)
    found = explain(result) if detail in ("full", "again") else None
    if found is not None:
        yield from explanation_lines(found, meaning=detail == "full")

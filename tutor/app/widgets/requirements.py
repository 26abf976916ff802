"""The requirements of an exercise, each with its verdict as it is decided, and what was expected and what came."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest
from typing import Literal

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import Static

from tutor.app.marks import LINE_MARKS, LINE_WORDS
from tutor.app.runs import Line, Snapshot
from tutor.app.widgets.explaining import comparison_lines, explanation_lines
from tutor.catalog.model import Exercise, Requirement, in_language
from tutor.feedback import explain
from tutor.feedback.figures import figure_lines
from tutor.grading.report import RequirementResult
from tutor.locale import _, current

VERDICT_STYLES = dict.fromkeys(LINE_MARKS, "$text-muted") | {
    "running": "bold $text-accent",
    "passed": "$text-success",
    "failed": "bold $text-error",
    "error": "bold $text-error",
}
MOST_REMARKS = 3
"""From the fourth failure on a message must do: the first ones are to be looked at first."""

Detail = Literal["full", "again", "message", "none"]
"""How much a row says below its sentence. Again: what the error means, a row above says. None: what an earlier row said
already holds for this one too."""
GAP = 2
"""Cells between a verdict and its sentence, and by which details stand further to the right."""
LEAST = 4
"""Cells that a text gets however little room there is."""


def line_of(line: Line) -> int | None:
    """The line of the learner's file at which a requirement failed, where that is known."""
    result = line.result if line.state in ("failed", "error") else None
    if result is None:
        return None
    return result.line if result.line is not None or result.fault is None else result.fault.line


def _verdicts() -> dict[str, str]:
    return {state: f"{LINE_MARKS[state]} {_(LINE_WORDS[state])}" for state in LINE_MARKS}


def _to_line(line: int) -> Content:
    """Leads to a line of the learner's file."""
    return Content("→ ") + Content(_("line {line}").format(line=line)).stylize(f"@click=screen.go_to_line({line})")


def _linked(text: Content, line: int) -> Content | None:
    """``text``, in which the words for ``line`` lead there; None where it does not name the line."""
    found = re.search(re.escape(_("line {line}").format(line=line)) + r"(?!\d)", text.plain)
    return text.stylize(f"@click=screen.go_to_line({line})", *found.span()) if found is not None else None


class RequirementRow(Widget):
    """One requirement: mark, word and sentence; details below where it failed. Drawn as one: there are many of them."""

    DEFAULT_CSS = """
    RequirementRow {
        height: auto;
        link-color: $text-accent;
        link-style: underline;
        link-style-hover: bold underline;
    }
    """

    def __init__(self, requirement: Requirement) -> None:
        super().__init__()
        self._requirement = requirement
        self._line = Line(requirement.test)
        self._detail: Detail = "full"
        self._drawn: tuple[int, Content] | None = None
        """The row for so many cells."""

    def show(self, line: Line, detail: Detail) -> None:
        """Show ``line``, and as much of it as ``detail`` says."""
        if (line, detail) != (self._line, self._detail):
            self._line, self._detail = line, detail
            self.say()

    def say(self) -> None:
        self._drawn = None
        self.refresh(layout=True)

    # What is said

    @property
    def verdict(self) -> Content:
        """Mark and word; below them where it failed, which a click leads to."""
        state = self._line.state
        at = line_of(self._line)
        below = [_to_line(at)] if at is not None else []
        return Content("\n").join([Content.styled(_verdicts()[state], VERDICT_STYLES[state]), *below])

    @property
    def sentence(self) -> Content:
        """What is required."""
        return Content(in_language(self._requirement.sentence, current()))

    def details(self, width: int) -> list[Content]:
        """What was expected and what came, for ``width`` cells."""
        return list(_details(self._line.result, self._detail, width)) if self._line.result is not None else []

    # Drawing

    def get_content_width(self, container: Size, viewport: Size) -> int:
        return container.width

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return self._for(width).plain.count("\n") + 1

    def render(self) -> Content:
        return self._for(self.content_size.width)

    def _for(self, width: int) -> Content:
        if self._drawn is None or self._drawn[0] != width:
            self._drawn = width, Content("\n").join(self._lines(width))
        return self._drawn[1]

    def _lines(self, width: int) -> Iterator[Content]:
        # Two cells between; room for a line's number in every row, or they would not stand below each other.
        first = GAP + max(cell_len(text) for text in (*_verdicts().values(), _to_line(888).plain))
        room = max(LEAST, width - first)
        right = [line.rstrip() for line in self.sentence.wrap(room)]
        details = self.details(inside := max(LEAST, room - GAP))
        right += [Content(" " * GAP) + line.rstrip() for detail in details for line in detail.wrap(inside)]
        for mark, said in zip_longest(self.verdict.split("\n"), right, fillvalue=Content()):
            yield mark + Content(" " * (first - mark.cell_length)) + said
        if details:
            yield Content()


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

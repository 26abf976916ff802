"""What came of the last save, beneath the text that one types: for a terminal with no room for the result beside it."""

from __future__ import annotations

from typing import NamedTuple

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.widgets import Static

from tutor.app.marks import LINE_MARKS
from tutor.app.runs import Snapshot
from tutor.app.widgets.requirements import line_of
from tutor.catalog.model import Exercise, in_language
from tutor.locale import _, current, plural

LINES = 2
LOW = 10
"""Lines of a terminal below which one line must do."""
GAP = 2
"""Cells between what came of it and the key."""


class Verdict(NamedTuple):
    """What is said, and where a key leads from there."""

    passed: bool
    words: str
    way: str
    """The key, and what it does."""
    action: str
    """What a click on that does."""


class VerdictStrip(Static):
    """One or two lines; it never takes the focus."""

    DEFAULT_CSS = """
    VerdictStrip {
        display: none;
        height: auto;
        padding: 0 1;
        background: $error-muted;
        color: $text-error;
        link-color: $foreground;
        link-style: bold;

        &.-passed { background: $success-muted; color: $text-success; }
        &.-old { background: $panel; color: $foreground-muted; }
    }
    """

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._verdict: Verdict | None = None

    def show(self, verdict: Verdict | None, *, old: bool = False) -> None:
        """Say ``verdict``; ``old``: another one is being found."""
        self._verdict = verdict
        self.display = verdict is not None
        if not self.is_attached:
            return
        self.set_class(verdict is not None and verdict.passed, "-passed")
        self.set_class(old, "-old")
        self._draw()

    def on_resize(self, _event: events.Resize) -> None:
        self._draw()

    def _draw(self) -> None:
        # Not yet laid out, it is as wide as what it stands in.
        width = self.content_size.width or (self.container_size.width - 2)
        if self._verdict is not None and width > 0:
            self.update(_drawn(self._verdict, width, LINES if self.app.size.height >= LOW else 1))


def verdict_of(run: Snapshot | None, exercise: Exercise, *, result: str, following: str) -> Verdict | None:
    """What is to be said of ``run``; None where it came to no end.

    Args:
        run: the newest one of ``exercise``.
        exercise: what was graded.
        result: the key that leads to the result.
        following: the key that leads to the next exercise, or nothing where there is none.
    """
    if run is None or run.phase != "done":
        return None
    to_result = _("{key}: the result").format(key=result), "screen.show('result')"
    if run.passed:
        to_next = _("{key}: the next exercise").format(key=following), "screen.next"
        return Verdict(True, passed_words(run), *(to_next if following else to_result))
    return Verdict(False, _failure(run, exercise), *to_result)


def passed_words(run: Snapshot) -> str:
    """That all requirements of ``run`` are met."""
    total = len(run.lines)
    words = plural("Passed: {total} requirement.", "Passed: all {total} requirements.", total).format(total=total)
    return f"{LINE_MARKS['passed']} {words}"


def _failure(run: Snapshot, exercise: Exercise) -> str:
    """What keeps the whole from being graded, or the first requirement that is not met, in a sentence."""
    fault = run.report.fault if run.report is not None else None
    if fault is not None and fault.requirement is None:
        return f"{LINE_MARKS['error']} {_first_line(fault.message)}"
    line = next((line for line in run.lines if line.state in ("failed", "error")), None)
    if line is None or line.result is None:
        return f"{LINE_MARKS['error']} {run.problem}"
    words = _first_line(line.result.message)
    if not words:
        requirement = exercise.requirement(line.id)
        words = in_language(requirement.sentence, current()) if requirement is not None else line.id
    at = line_of(line)
    where = _("line {line}").format(line=at) + ": " if at is not None else ""
    return f"{LINE_MARKS[line.state]} {where}{words}"


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]


def _drawn(verdict: Verdict, width: int, lines: int) -> Content:
    """The words, and at the right end of the last line the key; of too many words, the beginning."""
    way, words = verdict.way, Content(verdict.words)
    room = max(0, width - cell_len(way) - GAP)
    drawn: list[Content] = []
    if lines > 1 and words.cell_length > room:
        first = words.wrap(width)[0].rstrip()
        drawn, words = [first], Content(verdict.words[len(first.plain) :].lstrip())
    if words.cell_length > room:
        words = words.truncate(room, ellipsis=True)
    gap = " " * max(0, width - words.cell_length - cell_len(way))
    last = Content.assemble(words, gap, Content(way).stylize(f"@click={verdict.action}"))
    return Content("\n").join([*drawn, last])

"""How ``check`` tells what it found: line by line as it is decided, or as JSON at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tutor.app.marks import LINE_MARKS, LINE_WORDS
from tutor.catalog import in_language
from tutor.cli import paper
from tutor.cli.figures import Figures
from tutor.cli.look import STYLES
from tutor.feedback import explain
from tutor.grading import Decided, Done, Drawn, Fault, Output, Point, Report, RequirementResult, RunEvent, Started
from tutor.locale import _, current, plural
from tutor.session import Outcome, check_json

if TYPE_CHECKING:
    from tutor.catalog import Exercise
    from tutor.cli.check import Job
    from tutor.feedback import Explanation

MOST_OUTPUT_LINES = 20
"""What a submission printed is shown from its end: the last lines are the telling ones."""
MOST_OUTPUT_COLUMNS = 500


class Json:
    """Prints one object, or an array of them where several exercises were asked for."""

    def __init__(self, several: bool) -> None:
        self._several = several
        self._found: list[dict[str, Any]] = []
        self._job: Job | None = None
        self._whole = False

    def warming(self) -> None: ...

    def begin(self, job: Job) -> None:
        self._job = job
        self._whole = False

    def hear(self, event: RunEvent) -> None: ...

    def end(self, outcome: Outcome | None, following: Exercise | None) -> None:
        if outcome is not None and self._job is not None:
            self._found.append(check_json(outcome, self._job.exercise, current()))
        self._whole = True

    def close(self) -> None:
        if not self._whole:
            return  # interrupted: half an array would pass for a whole one
        if self._several:
            paper.data(self._found)
        elif self._found:
            paper.data(self._found[0])


class Lines:
    """Prints a line for each requirement as soon as it is decided; on a terminal the last line says what runs now."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._tally = dict.fromkeys(("passed", "failed", "error"), 0)
        self._job: Job | None = None
        self._printed = ""
        """What the requirement that runs now has printed so far."""
        self._shown = ""
        """The output shown last: most submissions print the same for every requirement."""
        self._explained: list[Explanation] = []
        self._figures = Figures()

    def warming(self) -> None:
        paper.busy(_("Warming up: the engine loads PyTorch…"))

    def begin(self, job: Job) -> None:
        self._job = job
        self._printed = self._shown = ""
        self._explained = []
        self._figures = Figures()
        if sum(self._tally.values()):
            paper.say()
        paper.say((job.id, "bold"), "  ", in_language(job.exercise.title, current()))
        paper.say((job.place, "dim"))
        paper.busy(_("Grading…"))

    def hear(self, event: RunEvent) -> None:
        match event:
            case Started(requirement=requirement):
                self._printed = ""
                paper.busy(f"{LINE_MARKS['running']} {self._sentence(requirement)}")
            case Output(text=text):
                self._printed += text
            case Decided(result=result):
                self._printed = ""
                self._row(result)
                if self._count == 1:  # of many exercises the verdicts are wanted
                    self._figures.say()
            case Point() | Drawn():
                self._figures.hear(event)
            case Done(report=report):
                self._done(report)
            case _:
                pass

    def end(self, outcome: Outcome | None, following: Exercise | None) -> None:
        paper.quiet()
        job = self._job
        if outcome is None or job is None:
            self._tally["error"] += 1
            return
        self._tally[outcome.report.verdict] += 1
        if outcome.hint is not None:
            paper.say()
            paper.say((_("A question that may help: {question}").format(question=outcome.hint.question), "bold"))
            if job.record:
                paper.say(_("Step by step:  tutor hint {id}").format(id=job.id))
        elif outcome.report.passed:
            paper.say(_("Why it is written so:  tutor solution {id}").format(id=job.id))
            if following is not None and self._count == 1:
                paper.say(_("Next:  tutor show {id}").format(id=following.id))

    def close(self) -> None:
        paper.quiet()
        if self._count > 1 and sum(self._tally.values()) == self._count:
            paper.say()
            text = _("{passed} passed, {failed} failed, {error} could not be graded")
            paper.say((text.format(**self._tally), "bold"))

    # What is printed

    def _row(self, result: RequirementResult) -> None:
        style = STYLES[result.verdict]
        mark = f"{LINE_MARKS[result.verdict]} {paper.padded(_(LINE_WORDS[result.verdict]), _word_columns())}"
        paper.say((mark, style), "  ", self._sentence(result.id))
        if result.figures:
            from tutor.feedback.figures import figure_lines

            for line in figure_lines(result):
                self._block(line, "dim")
        if result.verdict == "passed":
            return
        if result.message:
            self._block(result.message)
        if result.comparison is not None:
            from tutor.cli.explaining import say_comparison  # a pass does not wait for it

            say_comparison(result.comparison, result.message)
        self._source_line(result.line or (result.fault.line if result.fault else None))
        self._explanation(result)
        self._output(result.output)

    def _done(self, report: Report) -> None:
        # A fault of the whole run has not been streamed, nor have the requirements that it kept from being decided.
        said = {row.fault.message for row in report.requirements if row.fault is not None}
        if report.fault is not None and report.fault.message not in said:
            self._fault(report.fault)
            self._output(self._printed)
        left = [row.id for row in report.requirements if row.verdict == "not_run"]
        if len(left) == len(report.requirements):
            text = plural("{count} requirement was not run", "{count} requirements were not run", len(left))
            paper.say((f"{LINE_MARKS['not_run']} {text.format(count=len(left))}", STYLES["not_run"]))
            left = []
        for name in left:
            mark = f"{LINE_MARKS['not_run']} {paper.padded(_(LINE_WORDS['not_run']), _word_columns())}"
            paper.say((mark, STYLES["not_run"]), "  ", self._sentence(name))
        paper.say()
        paper.say((_summary(report), f"bold {STYLES[report.verdict]}"))
        if report.verdict == "failed":
            paper.busy(_("Looking for the hint that fits…"))

    def _fault(self, fault: Fault) -> None:
        paper.say((f"{LINE_MARKS['error']} ", STYLES["error"]), fault.message)
        self._source_line(fault.line)
        self._explanation(fault)

    def _explanation(self, about: RequirementResult | Fault) -> None:
        """What the error means; of what was explained above only what is different here."""
        found = explain(about)
        if found is None or found in self._explained:
            return
        from tutor.cli.explaining import say_explanation

        say_explanation(found, meaning=all(found.id != other.id for other in self._explained))
        self._explained.append(found)

    def _source_line(self, number: int | None) -> None:
        """The line of the submission that something is about."""
        if number is None or self._job is None:
            return
        lines = self._job.source.decode("utf-8", "replace").split("\n")
        if 0 < number <= len(lines) and lines[number - 1].strip():
            text = lines[number - 1].strip()[:MOST_OUTPUT_COLUMNS]
            self._block(_("line {line}:").format(line=number) + f" {text}", "cyan")

    def _output(self, text: str) -> None:
        if not text.strip():
            return
        if text == self._shown:
            self._block(_("Your code printed the same as above."))
            return
        self._shown = text
        lines = text.rstrip("\n").split("\n")
        self._block(_("Your code printed:"))
        if len(lines) > MOST_OUTPUT_LINES:
            left = len(lines) - MOST_OUTPUT_LINES
            self._block(
                "│ " + plural("… {count} line before", "… {count} lines before", left).format(count=left), "dim"
            )
        for line in lines[-MOST_OUTPUT_LINES:]:
            self._block(f"│ {line[:MOST_OUTPUT_COLUMNS]}", "dim")

    def _block(self, text: str, style: str = "") -> None:
        """Lines that belong to the line above."""
        for line in text.split("\n"):
            paper.say("    ", (line, style))

    def _sentence(self, test: str) -> str:
        requirement = self._job.exercise.requirement(test) if self._job is not None else None
        return in_language(requirement.sentence, current()) if requirement is not None else test


def _word_columns() -> int:
    return max(paper.width(_(LINE_WORDS[verdict])) for verdict in ("passed", "failed", "error", "not_run"))


def _summary(report: Report) -> str:
    total = len(report.requirements)
    passed = sum(row.verdict == "passed" for row in report.requirements)
    mark, facts = LINE_MARKS[report.verdict], {"total": total, "passed": passed, "seconds": f"{report.seconds:.2f}"}
    if report.passed:
        text = plural(
            "Passed: {total} requirement, {seconds} s on {device}",
            "Passed: all {total} requirements, {seconds} s on {device}",
            total,
        )
    elif report.verdict == "failed":
        text = _("Not yet: {passed} of {total} passed, {seconds} s on {device}")
    else:
        text = _("Not graded: no requirement could be decided")
    return f"{mark} {text.format(**facts, device=report.device)}"

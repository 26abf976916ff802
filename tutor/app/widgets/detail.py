"""What is under the cursor of the list of exercises, at more length: beside the list, or in a few lines below it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, cast

from textual.content import Content
from textual.widget import Widget

from tutor.app.amounts import ago, attempts_words, bar, duration, now, to_go
from tutor.app.hanging import hanging
from tutor.app.marks import LINE_MARKS, STATE_MARKS, STATE_WORDS, difficulty
from tutor.app.widgets.catalog_rows import Row
from tutor.catalog.model import in_language
from tutor.locale import _, current, plural

if TYPE_CHECKING:
    from tutor.app.app import TutorApp
    from tutor.app.ports import AttemptView, TriedView
    from tutor.catalog.model import Exercise, Topic, Track

STATE_COLOURS: Mapping[str, str] = {
    "passed": "$text-success",
    "failed": "$text-error",
    "started": "$text-accent",
    "new": "$foreground 60%",
}
LINE_COLOURS: Mapping[str, str] = {"passed": "$text-success", "failed": "$text-error", "error": "$text-error"}
Part = Content | str | tuple[str, str]


class Detail(Widget):
    """Says what is known of a row. As high as its place is; what does not fit is not shown."""

    DEFAULT_CSS = """
    Detail {
        display: none;
        padding: 0 1;
        background: $surface;
        color: $foreground;
    }
    """

    def __init__(self, row: Row) -> None:
        super().__init__()
        self._row = row
        self._tried: Mapping[str, TriedView] = {}
        self._last: AttemptView | None = None

    @property
    def _tutor(self) -> TutorApp:
        return cast("TutorApp", self.app)

    def show(self, row: Row, tried: Mapping[str, TriedView], last: AttemptView | None) -> None:
        """Speak of ``row``; of an exercise with what was ``tried`` (by key) and the ``last`` attempt, where known."""
        self._row, self._tried, self._last = row, tried, last
        if self.display:
            self.refresh()

    def say(self) -> None:
        self.refresh()

    def render(self) -> Content:
        row, beside = self._row, self.screen.has_class("-wide")
        match row.kind:
            case "track" if row.track is not None:
                return Content("\n").join(self._track(row.track, beside=beside))
            case "topic" if row.topic is not None:
                return Content("\n").join(self._topic(row.topic, beside=beside))
            case _ if row.exercise is not None:
                lines = self._exercise(row.exercise) if beside else self._shortly(row.exercise)
                return Content("\n").join(lines)
            case _:
                return Content()

    def _track(self, track: Track, *, beside: bool) -> Iterable[Content]:
        exercises = [e for topic in track.topics for e in topic.exercises]
        yield Content.styled(in_language(track.title, current()), "bold")
        yield from self._how_far(exercises)
        if beside:
            yield Content()
            for topic in track.topics:
                passed = self._passed(topic.exercises)
                yield Content(f"{in_language(topic.title, current())}  {passed}/{len(topic.exercises)}")

    def _topic(self, topic: Topic, *, beside: bool) -> Iterable[Content]:
        title, summary = in_language(topic.title, current()), in_language(topic.summary, current())
        if not beside:
            yield Content.assemble((title, "bold"), f"  {summary}")
            yield from self._how_far(topic.exercises)
            return
        yield Content.styled(title, "bold")
        yield from self._how_far(topic.exercises)
        yield Content()
        yield Content(summary)

    def _how_far(self, exercises: Iterable[Exercise]) -> Iterable[Content]:
        listed = list(exercises)
        passed = self._passed(listed)
        done, left = bar(passed, len(listed), 20)
        count = _("{passed} of {total} passed").format(passed=passed, total=len(listed))
        yield Content.assemble((done, "$text-success"), (left, "$foreground 60%"), f"  {count}")
        minutes = sum(e.minutes for e in listed if self._tutor.state_of(e) != "passed")
        if minutes:
            yield Content.styled(to_go(minutes), "$foreground 60%")

    def _passed(self, exercises: Iterable[Exercise]) -> int:
        return sum(self._tutor.state_of(e) == "passed" for e in exercises)

    def _exercise(self, exercise: Exercise) -> Iterable[Content]:
        yield Content.styled(in_language(exercise.title, current()), "bold")
        yield Content.styled(exercise.key, "$foreground 60%")
        yield Content()
        yield self._state(exercise)
        for label, value in self._facts(exercise):
            mark = _("{label}: {value}").format(label=label, value="")
            yield from hanging(Content.styled(mark, "$foreground 60%"), Content(value), self.size.width)
        yield Content()
        yield Content.styled(_("What is required"), "bold")
        yield from self._requirements(exercise)

    def _shortly(self, exercise: Exercise) -> Iterable[Content]:
        title = (in_language(exercise.title, current()), "bold")
        yield Content.assemble(title, (f"  {exercise.key}", "$foreground 60%"))
        line = self._state(exercise)
        for label, value in self._facts(exercise):
            fact = Content(_("{label}: {value}").format(label=label, value=value))
            longer = Content.assemble(line, " · ", fact)
            if longer.cell_length > self.size.width:  # a fact is not broken in its middle
                yield line
                longer = fact
            line = longer
        yield line
        yield from self._requirements(exercise)

    def _state(self, exercise: Exercise) -> Content:
        state = self._tutor.state_of(exercise)
        minutes = _("{minutes} min").format(minutes=exercise.minutes)
        return Content.assemble(
            (f"{STATE_MARKS[state]} {_(STATE_WORDS[state])}", STATE_COLOURS[state]),
            f"  {difficulty(exercise.difficulty)}  {minutes}",
        )

    def _facts(self, exercise: Exercise) -> Iterable[tuple[str, str]]:
        tried = self._tried.get(exercise.key)
        if self._last is not None and tried is not None and tried.last is not None:
            rows = self._last.report.requirements
            passed = sum(row.verdict == "passed" for row in rows)
            when = ago(tried.last, now())
            said = plural("{passed} of {total} requirement", "{passed} of {total} requirements", len(rows))
            yield _("Last attempt"), f"{when} · {said.format(passed=passed, total=len(rows))}"
        if tried is not None and tried.attempts:
            spent = f" · {duration(tried.seconds)}" if tried.seconds >= 60 else ""
            yield _("So far"), attempts_words(tried.attempts) + spent
        if exercise.needs:
            yield _("Needs"), ", ".join(exercise.needs)
        if "cuda" in exercise.devices:
            yield _("Runs on"), ", ".join(exercise.devices)

    def _requirements(self, exercise: Exercise) -> Iterable[Content]:
        verdicts = {row.id: str(row.verdict) for row in self._last.report.requirements} if self._last else {}
        for requirement in exercise.requirements:
            verdict = verdicts.get(requirement.test, "pending")
            mark = f"{LINE_MARKS.get(verdict, LINE_MARKS['pending'])} "
            style = LINE_COLOURS.get(verdict, "$foreground 60%")
            sentence = Content(in_language(requirement.sentence, current()))
            yield from hanging(Content.styled(mark, style), sentence, self.size.width)

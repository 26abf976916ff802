"""The parts of the screen of progress. Each draws the same facts in the width and the language of the moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import NamedTuple

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.widgets import Static

from tutor.app import amounts
from tutor.app.amounts import ago, attempts_words, bar, duration, streak_words, to_go
from tutor.app.charts import cell_width, columns
from tutor.app.hanging import hanging
from tutor.app.marks import STATE_MARKS, STATE_WORDS
from tutor.app.widgets.catalog_lines import fit
from tutor.app.words import N_
from tutor.catalog.model import in_language
from tutor.locale import _, current, plural
from tutor.workspace.history import Bin, Moment, by_day
from tutor.workspace.overview import Hard as HardExercise
from tutor.workspace.overview import Overview, Question, TopicProgress

QUIET, GOOD, BAD, BUSY = "$foreground 60%", "$text-success", "$text-error", "$text-accent"
HIGH = 5
"""Lines of the chart."""
WEEKS = 4
TOPICS = 12
"""Of more topics than these only those that were begun have a line."""
MOST = 5
"""Exercises that were hard."""
RECENT = 8
KIND_WORDS = {
    "passed": (STATE_MARKS["passed"], STATE_WORDS["passed"], GOOD),
    "failed": (STATE_MARKS["failed"], STATE_WORDS["failed"], BAD),
    "error": ("!", N_("error"), BAD),
    "opened": (STATE_MARKS["started"], N_("opened"), BUSY),
}


class Facts(NamedTuple):
    """What all of them draw."""

    overview: Overview
    questions: tuple[Question, ...]
    """Those met most, in the current language."""
    everything: bool = False
    """Whether the chart goes back to the first day."""


class Section(Static):
    """One part. Drawn again when its width changes."""

    def __init__(self) -> None:
        super().__init__(markup=False)
        self.facts: Facts | None = None
        self._drawn_for = 0

    def show(self, facts: Facts) -> None:
        self.facts = facts
        self._draw()

    def on_resize(self, event: events.Resize) -> None:
        if event.size.width != self._drawn_for:
            self._draw()

    def _draw(self) -> None:
        self._drawn_for = width = self.size.width
        if self.facts is not None and width > 0:
            lines = list(self.lines(self.facts, width))
            self.display = bool(lines)
            self.update(Content("\n").join(lines))

    def lines(self, facts: Facts, width: int) -> Iterable[Content]:
        """What is drawn; nothing where there is nothing to say."""
        raise NotImplementedError


def title(text: str) -> Content:
    return Content.styled(text, "bold $text-primary")


class Whole(Section):
    """All in one line or two; or, where nothing was done yet, what to do."""

    def lines(self, facts: Facts, width: int) -> Iterator[Content]:
        found = facts.overview
        known = found.history
        done, left = bar(found.passed, found.total, min(40, max(10, width - 30)))
        passed = _("{passed} of {total} passed").format(passed=found.passed, total=found.total)
        yield Content.assemble((done, GOOD), (left, QUIET), f"  {passed}")
        if not known.attempts:
            yield Content()
            yield Content(
                _(
                    "Nothing has been graded yet. Open an exercise, write, and save: from then on you see here how far "
                    "you are, how long it took, and what was hard."
                )
            )
            return
        parts = [
            attempts_words(known.attempts),
            _("{time} at work").format(time=duration(known.seconds)),
            streak_words(*known.streak(amounts.now().date())),
        ]
        if found.minutes_left:
            parts.append(to_go(found.minutes_left))
        yield Content(" · ".join(parts))


class Topics(Section):
    """A bar for each topic."""

    def lines(self, facts: Facts, width: int) -> Iterator[Content]:
        yield title(_("Topics"))
        everything = facts.overview.topics
        topics = everything if len(everything) <= TOPICS else [t for t in everything if t.passed or t.attempts]
        if topics:
            yield from self._bars(topics, width)
        left_out = len(everything) - len(topics)
        if left_out:
            said = plural("{count} topic not begun", "{count} topics not begun", left_out).format(count=left_out)
            yield Content.styled(f"… {said}" if topics else said, QUIET)

    def _bars(self, topics: Sequence[TopicProgress], width: int) -> Iterator[Content]:
        counts = [f"{topic.passed}/{topic.total}" for topic in topics]
        notes = [self._note(topic, width) for topic in topics]
        count_width, note_width = max(map(len, counts), default=0), max(map(cell_len, notes), default=0)
        long = 20 if width >= 64 else 10
        room = max(10, width - long - count_width - note_width - 6)
        for topic, count, note in zip(topics, counts, notes, strict=True):
            done, left = bar(topic.passed, topic.total, long)
            yield Content.assemble(
                fit(in_language(topic.topic.title, current()), room),
                "  ",
                (done, GOOD),
                (left, QUIET),
                f"  {count:>{count_width}}",
                (f"  {note}", QUIET) if note_width else "",
            )

    def _note(self, topic: TopicProgress, width: int) -> str:
        return duration(topic.seconds) if topic.seconds >= 60 and width >= 46 else ""


class Chart(Section):
    """Attempts by day."""

    def lines(self, facts: Facts, width: int) -> Iterator[Content]:
        days = facts.overview.history.days
        if not days:
            return
        today = amounts.now().date()
        first = min(days) if facts.everything else today - timedelta(days=7 * WEEKS - 1)
        label = len(str(max(day.attempts for day in days.values()))) + 1
        bins = by_day(days, first, today, width - label)
        each = cell_width(len(bins), width - label)
        span = _("all days") if facts.everything else _("the last {count} weeks").format(count=WEEKS)
        yield title(_("Attempts by day, {span}").format(span=span))
        most = max(b.attempts for b in bins)
        for number, line in enumerate(columns([b.attempts for b in bins], width - label, HIGH)):
            mark = str(most) if number == 0 else "0" if number == HIGH - 1 else ""
            yield Content.assemble((f"{mark:>{label - 1}} ", QUIET), (line, BUSY))
        marks = "".join(("✓" if b.first_passes else "·").ljust(each) for b in bins)
        yield Content.assemble(" " * label, (marks, GOOD))
        yield self._dates(bins, label, each)
        yield Content.styled(self._key(bins), QUIET)

    def _dates(self, bins: Sequence[Bin], label: int, each: int) -> Content:
        began, ends = f"{bins[0].first:%m-%d}", _("today")
        gap = max(1, len(bins) * each - len(began) - cell_len(ends))
        return Content.styled(f"{' ' * label}{began}{' ' * gap}{ends}", QUIET)

    def _key(self, bins: Sequence[Bin]) -> str:
        said = _("✓ something passed for the first time")
        size = (bins[1].first - bins[0].first).days if len(bins) > 1 else 1
        if size > 1:
            said += _(" · one bar is {count} days").format(count=size)
        return said


class Hard(Section):
    """What took many attempts, and the questions that came up."""

    def lines(self, facts: Facts, width: int) -> Iterator[Content]:
        hard = facts.overview.hard[:MOST]
        if hard:
            yield title(_("What was hard: attempts before the pass"))
            yield from self._exercises(hard, width)
        if hard and facts.questions:
            yield Content()
        if facts.questions:
            yield title(_("Questions that came up most"))
            count = max(len(str(question.times)) for question in facts.questions)
            for question in facts.questions:
                mark = Content.styled(f"{question.times:>{count}}  ", QUIET)
                yield from hanging(mark, Content(question.question), width)

    def _exercises(self, hard: Sequence[HardExercise], width: int) -> Iterator[Content]:
        count = max(len(str(one.tried.before_pass)) for one in hard)
        notes = [duration(one.tried.seconds) if one.tried.seconds >= 60 else "" for one in hard]
        room = width - count - 6 - max(map(cell_len, notes))
        for one, note in zip(hard, notes, strict=True):
            state = "failed" if one.tried.first_pass is None else "passed"
            mark = Content.assemble(
                (f"{one.tried.before_pass:>{count}}  ", QUIET), (f"{STATE_MARKS[state]} ", KIND_WORDS[state][2])
            )
            name = in_language(one.exercise.title, current())
            if room < 16:
                yield from hanging(mark, Content(name), width)
            else:
                yield Content.assemble(mark, fit(name, min(room, 52)), (f"  {note}", QUIET))


class Recent(Section):
    """What was done last."""

    def lines(self, facts: Facts, width: int) -> Iterator[Content]:
        moments = facts.overview.history.recent[:RECENT]
        if not moments:
            return
        yield title(_("Lately"))
        now = amounts.now()
        times = [ago(moment.when, now) for moment in moments]
        time_width = max(map(cell_len, times))
        word_width = max(cell_len(_(word)) for _mark, word, _style in KIND_WORDS.values())
        for moment, time in zip(moments, times, strict=True):
            mark, word, style = KIND_WORDS[moment.kind]
            room = max(8, width - time_width - word_width - 6)
            yield Content.assemble(
                (fit(time, time_width), QUIET),
                (f"  {mark} {fit(_(word), word_width)}  ", style),
                fit(self._title(facts, moment), room),
            )

    def _title(self, facts: Facts, moment: Moment) -> str:
        exercise = facts.overview.exercises.get(moment.exercise)
        return moment.exercise if exercise is None else in_language(exercise.title, current())

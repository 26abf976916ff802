"""``progress``: how far the learner is, topic by topic, and how they got there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from tutor.cli import paper
from tutor.cli.root import Command
from tutor.cli.wiring import Wiring
from tutor.locale import _, current, plural

if TYPE_CHECKING:
    from tutor.workspace import ExerciseState
    from tutor.workspace.history import Tried
    from tutor.workspace.overview import Overview, TopicProgress

BAR = 20
WEEKS = 4
MOST = 5
"""Lines of each list of what was hard."""


def progress_command() -> click.Command:
    return Command(
        "progress",
        _progress,
        short=_("How far you are, topic by topic, and what was hard."),
        text=_(
            "Time at work is the sum of the pauses between openings and checks. A pause of more than {minutes} minutes "
            "counts nothing."
        ).format(minutes=_longest_pause()),
        params=[click.Option(["--json", "as_json"], is_flag=True, help=_("Print JSON instead."))],
    )


def _longest_pause() -> int:
    from tutor.workspace.history import LONGEST_PAUSE

    return int(LONGEST_PAUSE.total_seconds() // 60)


def _progress(wiring: Wiring, as_json: bool) -> int:
    from tutor.app import amounts
    from tutor.workspace.history import history
    from tutor.workspace.overview import overview

    states, id_of = wiring.states(), wiring.catalog.id_of
    known = wiring.workspace.history() if wiring.folder.is_dir() else history(())
    found = overview(wiring.catalog.packs, lambda exercise: states[id_of(exercise)], known)
    if as_json:
        from tutor.cli.progress_json import progress_json

        paper.data(progress_json(found, wiring.folder, id_of, lambda exercise: states[id_of(exercise)]))
        return 0
    now = amounts.now()
    paper.say(_("Your work: {folder}").format(folder=wiring.folder))
    paper.say(_whole(found, now))
    columns = max(map(len, states), default=0)
    for topic in found.topics:
        _topic(wiring, topic, known.exercises, states, columns)
    if known.attempts:
        _weeks(found, now)
    _hard(wiring, found)
    return 0


def _whole(found: Overview, now: datetime) -> str:
    from tutor.app.amounts import attempts_words, duration, streak_words

    known = found.history
    parts = [_("{passed} of {total} passed").format(passed=found.passed, total=found.total)]
    if known.attempts:
        parts.append(attempts_words(known.attempts))
        parts.append(_("{time} at work").format(time=duration(known.seconds)))
        parts.append(streak_words(*known.streak(now.date())))
    else:
        parts.append(_("nothing was graded yet: `tutor list` shows what there is"))
    return " · ".join(parts)


def _topic(
    wiring: Wiring,
    progress: TopicProgress,
    known: Mapping[str, Tried],
    states: Mapping[str, ExerciseState],
    columns: int,
) -> None:
    from tutor.app.amounts import bar
    from tutor.app.marks import STATE_MARKS, STATE_WORDS
    from tutor.catalog import in_language
    from tutor.cli.look import STYLES

    word_columns = max(paper.width(_(word)) for word in STATE_WORDS.values())
    paper.say()
    done, left = bar(progress.passed, progress.total, BAR)
    paper.say((in_language(progress.topic.title, current()), "bold"), "  ", (done, "green"), (left, "dim"))
    paper.say("  ", _summary(progress))
    for exercise in progress.topic.exercises:
        key = wiring.catalog.id_of(exercise)
        state, tried = states[key], known.get(exercise.key)
        some = tried is not None and tried.attempts > 0
        paper.say(
            "    ",
            (f"{STATE_MARKS[state]} {paper.padded(_(STATE_WORDS[state]), word_columns)}", STYLES[state]),
            f"  {key:<{columns}}  " if some else f"  {key}",
            _story(tried) if tried is not None else "",
        )


def _summary(progress: TopicProgress) -> str:
    from tutor.app.amounts import attempts_words, duration

    parts = [_("{passed} of {total} passed").format(passed=progress.passed, total=progress.total)]
    if progress.attempts:
        parts.append(attempts_words(progress.attempts))
    if progress.seconds >= 60:
        parts.append(duration(progress.seconds))
    if progress.minutes_left:
        parts.append(_("about {minutes} min to go").format(minutes=progress.minutes_left))
    return " · ".join(parts)


def _story(tried: Tried) -> str:
    """How it went: how many attempts, how many until the first pass, when the last one was."""
    from tutor.app.amounts import attempts_words, duration

    if not tried.attempts:
        return ""
    parts = [attempts_words(tried.attempts)]
    if tried.seconds >= 60:
        parts.append(duration(tried.seconds))
    if tried.first_pass is not None:
        passed = _("passed at attempt {number}, {time}")
        parts.append(passed.format(number=tried.before_pass + 1, time=_time(tried.first_pass)))
    if tried.last is not None and tried.last != tried.first_pass:
        parts.append(_("last {time}").format(time=_time(tried.last)))
    return " · ".join(parts)


def _weeks(found: Overview, now: datetime) -> None:
    from tutor.app.amounts import attempts_words, bar, duration
    from tutor.workspace.history import by_day

    today = now.date()
    weeks = by_day(found.history.days, today - timedelta(days=7 * WEEKS - 1), today, WEEKS)
    most = max(week.attempts for week in weeks)
    paper.say()
    paper.say((_("The last {count} weeks").format(count=WEEKS), "bold"))
    for week in weeks:
        done, left = bar(week.attempts, most, BAR)
        parts = [attempts_words(week.attempts)]
        if week.first_passes:
            parts.append(plural("{count} passed", "{count} passed", week.first_passes).format(count=week.first_passes))
        if week.seconds >= 60:
            parts.append(duration(week.seconds))
        paper.say(
            "  ", _("from {day}").format(day=week.first), "  ", (done, "cyan"), (left, "dim"), f"  {' · '.join(parts)}"
        )


def _hard(wiring: Wiring, found: Overview) -> None:
    from tutor.app.amounts import before_pass, duration
    from tutor.catalog import in_language

    if found.hard:
        paper.say()
        paper.say((_("What was hard"), "bold"))
    for hard in found.hard[:MOST]:
        tried = hard.tried
        paper.say(
            f"  {wiring.catalog.id_of(hard.exercise)}  ",
            in_language(hard.exercise.title, current()),
            f"  ({before_pass(tried.before_pass, passed=tried.first_pass is not None)}, {duration(tried.seconds)})",
        )
    questions = found.questions(current(), MOST)
    if questions:
        paper.say()
        paper.say((_("Questions that came up most"), "bold"))
    for question in questions:
        paper.say(
            f"  {question.question}  ",
            _("({count} times, {id})").format(count=question.times, id=wiring.catalog.id_of(question.exercise)),
        )


def _time(when: datetime) -> str:
    return when.strftime("%Y-%m-%d %H:%M")

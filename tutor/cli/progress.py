"""``progress``: how far the learner is, topic by topic."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from tutor.cli import paper
from tutor.cli.root import Command
from tutor.cli.wiring import Wiring
from tutor.locale import _, current, plural

if TYPE_CHECKING:
    from tutor.catalog import Exercise
    from tutor.workspace import Attempt


def progress_command() -> click.Command:
    return Command("progress", _progress, short=_("How far you are, topic by topic."))


def _progress(wiring: Wiring) -> int:
    from tutor.app.marks import STATE_MARKS, STATE_WORDS
    from tutor.catalog import in_language
    from tutor.cli.look import STYLES

    catalog, states, language = wiring.catalog, wiring.states(), current()
    paper.say(_("Your work: {folder}").format(folder=wiring.folder))
    columns = max(map(len, states), default=0)
    word_columns = max(paper.width(_(word)) for word in STATE_WORDS.values())
    for topic in (topic for pack in catalog.packs for track in pack.tracks for topic in track.topics):
        attempts = {catalog.id_of(e): _attempts(wiring, e, states[catalog.id_of(e)]) for e in topic.exercises}
        left = sum(e.minutes for e in topic.exercises if states[catalog.id_of(e)] != "passed")
        passed = sum(states[key] == "passed" for key in attempts)
        paper.say()
        paper.say((in_language(topic.title, language), "bold"))
        paper.say("  ", _summary(passed, len(attempts), [a for some in attempts.values() for a in some], left))
        for key, some in attempts.items():
            state = states[key]
            paper.say(
                "    ",
                (f"{STATE_MARKS[state]} {paper.padded(_(STATE_WORDS[state]), word_columns)}", STYLES[state]),
                f"  {key:<{columns}}  " if some else f"  {key}",
                _story(some),
            )
    return 0


def _attempts(wiring: Wiring, exercise: Exercise, state: str) -> Sequence[Attempt]:
    if state not in ("passed", "failed"):
        return ()
    return wiring.workspace.attempts(exercise.key)


def _summary(passed: int, total: int, attempts: Sequence[Attempt], minutes_left: int) -> str:
    parts = [_("{passed} of {total} passed").format(passed=passed, total=total)]
    if attempts:
        parts.append(plural("{count} attempt", "{count} attempts", len(attempts)).format(count=len(attempts)))
    if minutes_left:
        parts.append(_("about {minutes} min to go").format(minutes=minutes_left))
    return " · ".join(parts)


def _story(attempts: Sequence[Attempt]) -> str:
    """How it went: how many attempts, how many until the first pass, when the last one was."""
    if not attempts:
        return ""
    parts = [plural("{count} attempt", "{count} attempts", len(attempts)).format(count=len(attempts))]
    first = next((number for number, attempt in enumerate(attempts, start=1) if attempt.report.passed), None)
    if first is not None:
        parts.append(_("passed at attempt {number}, {time}").format(number=first, time=_time(attempts[first - 1].when)))
    if first != len(attempts):
        parts.append(_("last {time}").format(time=_time(attempts[-1].when)))
    return " · ".join(parts)


def _time(when: datetime) -> str:
    return when.astimezone().strftime("%Y-%m-%d %H:%M")

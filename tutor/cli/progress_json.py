"""``progress --json``: its documented form (docs/progress-json.md)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tutor.catalog import in_language
from tutor.locale import current
from tutor.workspace.history import Tried
from tutor.workspace.overview import Overview

if TYPE_CHECKING:
    from tutor.catalog import Exercise

MOST_QUESTIONS = 20


def progress_json(
    found: Overview, folder: Path, id_of: Callable[[Exercise], str], state_of: Callable[[Exercise], str]
) -> dict[str, Any]:
    """All of ``found``, ready for ``json.dumps``."""
    known, language = found.history, current()
    now = datetime.now().astimezone()
    streak = known.streak(now.date())

    def name(key: str) -> str:
        exercise = found.exercises.get(key)
        return key if exercise is None else id_of(exercise)

    return {
        "version": 1,
        "folder": str(folder),
        "passed": found.passed,
        "total": found.total,
        "attempts": known.attempts,
        "seconds": round(known.seconds, 1),
        "minutes_left": found.minutes_left,
        "streak": {"current": streak.current, "longest": streak.longest},
        "topics": [
            {
                "pack": progress.topic.pack,
                "topic": progress.topic.name,
                "title": in_language(progress.topic.title, language),
                "passed": progress.passed,
                "total": progress.total,
                "attempts": progress.attempts,
                "seconds": round(progress.seconds, 1),
                "minutes_left": progress.minutes_left,
            }
            for progress in found.topics
        ],
        "exercises": [
            {
                "id": id_of(exercise),
                "title": in_language(exercise.title, language),
                "state": state_of(exercise),
                **_tried(known.exercises.get(key, Tried())),
            }
            for key, exercise in found.exercises.items()
        ],
        "days": [
            {
                "day": day.isoformat(),
                "attempts": done.attempts,
                "first_passes": done.first_passes,
                "seconds": round(done.seconds, 1),
            }
            for day, done in known.days.items()
        ],
        "hard": [id_of(hard.exercise) for hard in found.hard],
        "questions": [
            {
                "exercise": id_of(question.exercise),
                "faq": question.faq,
                "question": question.question,
                "times": question.times,
            }
            for question in found.questions(language, MOST_QUESTIONS)
        ],
        "recent": [
            {"time": _iso(moment.when), "exercise": name(moment.exercise), "what": moment.kind}
            for moment in known.recent
        ],
    }


def _tried(tried: Tried) -> dict[str, Any]:
    return {
        "attempts": tried.attempts,
        "attempts_before_pass": tried.before_pass,
        "first_pass": _iso(tried.first_pass),
        "last_attempt": _iso(tried.last),
        "seconds": round(tried.seconds, 1),
    }


def _iso(when: datetime | None) -> str | None:
    return None if when is None else when.isoformat(timespec="seconds")

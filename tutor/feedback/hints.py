"""Which entry of the FAQ a report brings up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from tutor.catalog import Exercise
from tutor.grading.report import Report

# The submission never ran: the fault's own sentence says what to do, and no entry about the exercise would.
_NEVER_RAN = ("syntax", "import", "device", "grader", "incomplete")


class Hint(msgspec.Struct, frozen=True):
    """An entry of the FAQ, brought up by an attempt."""

    faq: str
    question: str
    mistake: str | None
    """Name of the known mistake that the attempt looks like, where it does."""
    steps: tuple[str, ...]
    """As Markdown, the gentlest first."""
    shown: int = 0
    """How many steps have been revealed."""


def choose_entry(
    report: Report,
    exercise: Exercise,
    mistake: str | None,
    mistakes_faq: Mapping[str, str],
    nearest: Iterable[str] = (),
) -> str | None:
    """The id of the entry.

    That of the recognised mistake; else the one that all mistakes named in ``nearest`` bring up; else that of the first
    requirement that does not hold. None where everything holds, or where the submission never ran.
    """
    if report.passed or (report.fault is not None and report.fault.kind in _NEVER_RAN):
        return None
    if mistake is not None and mistake in mistakes_faq:
        return mistakes_faq[mistake]
    near = {mistakes_faq[name] for name in nearest if name in mistakes_faq}
    if len(near) == 1:
        return near.pop()
    for row in report.requirements:
        if row.verdict in ("failed", "error"):
            requirement = exercise.requirement(row.id)
            return requirement.faq if requirement is not None else None
    return None

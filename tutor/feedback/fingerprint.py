"""Which known mistake a report looks like.

The same wrong idea gives the same wrong numbers: graded with the same seed, a submission that holds a known mistake
fails the same requirements, and its probes return the same values, as the file in ``mistakes/`` did.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from tutor.grading.report import Report, RequirementResult

Row = tuple[str, str, tuple[str, ...]]
"""Verdict, kind of fault, and what the probes returned."""

ENOUGH = 0.75
"""Share of equal observations from which on a likeness is claimed."""


class Fingerprint(msgspec.Struct, frozen=True):
    """How a submission failed: for each requirement its verdict, its kind of fault and what its probes returned."""

    rows: dict[str, Row]
    whole: bool = True
    """False where grading was given up, because the way of failing was another than the one looked for."""


def fingerprint(report: Report) -> Fingerprint:
    """The fingerprint of a report."""
    return Fingerprint({row.id: row_of(row) for row in report.requirements})


def row_of(result: RequirementResult) -> Row:
    """What a fingerprint holds of one requirement."""
    return result.verdict, result.fault.kind if result.fault else "", result.observed


def may_be(part: Mapping[str, Row], whole: Fingerprint) -> bool:
    """Whether what is decided so far fails where ``whole`` does, and in the same way: else the rest cannot matter."""
    return all(name in whole.rows and row[:2] == whole.rows[name][:2] for name, row in part.items())


def likeness(one: Fingerprint, other: Fingerprint) -> float:
    """How alike two ways of failing are, in [0, 1]: 0 where other requirements fail, or in another way.

    What is compared is what the failed requirements observed, entry by entry; entries are rounded, so that a last digit
    that another machine rounds differently costs a little, not all.
    """
    if {name: row[:2] for name, row in one.rows.items()} != {name: row[:2] for name, row in other.rows.items()}:
        return 0.0
    shares = []
    for name, (verdict, _, observed) in one.rows.items():
        if verdict in ("failed", "error"):
            theirs = other.rows[name][2]
            longest = max(len(observed), len(theirs))
            equal = sum(a == b for a, b in zip(observed, theirs, strict=False))
            shares.append(equal / longest if longest else 1.0)
    return sum(shares) / len(shares) if shares else 0.0


def closest(report: Report, mistakes: Mapping[str, Fingerprint]) -> str | None:
    """The name of the mistake that ``report`` looks like, or None where none is near enough to say so."""
    names, score = _most_alike(report, mistakes)
    return names[0] if score >= ENOUGH else None


def nearest(report: Report, mistakes: Mapping[str, Fingerprint]) -> tuple[str, ...]:
    """The names of the mistakes that fail where ``report`` does, and of these the most alike; none where nothing is.

    Too little to say which mistake it is: the same idea, written in another style, shows the probes other values. But
    where something of what was observed is equal, it is a better guess than the first failed requirement.
    """
    return _most_alike(report, mistakes)[0]


def _most_alike(report: Report, mistakes: Mapping[str, Fingerprint]) -> tuple[tuple[str, ...], float]:
    """The names of the mistakes with the greatest likeness to ``report``, none where that is 0; and that likeness."""
    own = fingerprint(report)
    scores = {name: likeness(own, theirs) for name, theirs in mistakes.items()}
    most = max(scores.values(), default=0.0)
    return tuple(name for name, score in scores.items() if score == most > 0.0), most

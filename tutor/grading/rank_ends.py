"""What became of a rank (``tutor.testing.ranks``), from the box, where it is known, to the judge, which says it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import msgspec

from tutor.grading.raised import Raised, RankEnd
from tutor.grading.report import Fault, FaultKind
from tutor.locale import _
from tutor.testing.probe import ProbeRaised
from tutor.testing.ranks import RankEnd as End
from tutor.testing.ranks import RankFailed, ending

_FAULTS: Mapping[str, FaultKind] = {"hung": "timeout", "signal": "crash", "exit": "exit"}
_OWN_WORDS = ("NotImplementedError", "NotPlainValue")
"""Exceptions that say the same in every rank."""


def raised(error: RankFailed) -> Raised:
    """In the box: what a rank raised, as the rank described it, or how it ended without a word."""
    end = msgspec.convert(msgspec.to_builtins(error.end), RankEnd)
    if isinstance(error.described, Raised):
        return msgspec.structs.replace(error.described, rank=end)
    return Raised(error.kind or "RankFailed", (error.kind or "RankFailed",), error.text, end.line, rank=end)


def missing(error: BaseException, name: str) -> str | None:
    """In the box: what the submission ``name`` does not define, where that was a rank's trouble."""
    if isinstance(error, RankFailed) and error.missing is not None and error.missing[0] == name:
        return error.missing[1]
    return None


def explain(error: ProbeRaised, message: str, fault: Fault | None) -> tuple[str, Fault | None]:
    """In the judge: the sentence and the fault, with the rank in them where ``error`` comes from one.

    Args:
        error: what a probe raised.
        message, fault: what it would mean if there were no ranks.
    """
    told = error.data and error.data.get("rank")
    if not told or error.missing is not None or error.kind in _OWN_WORDS:
        return message, fault
    end = msgspec.convert(told, End)
    if end.ended == "raised" and not end.waited:
        message = _("Rank {rank}: {message}").format(rank=end.rank, message=message)
        return message, fault and msgspec.structs.replace(fault, message=message)
    line = end.line or error.line
    message = ending(dataclasses.replace(end, line=line))
    kind = _FAULTS.get(end.ended)
    return message, kind and Fault(kind, message, line)

"""Marks and words for states: never a colour alone. Each mark is one cell wide in every terminal."""

from __future__ import annotations

from collections.abc import Mapping

from tutor.app.words import N_

STATE_MARKS: Mapping[str, str] = {"passed": "✓", "failed": "✗", "started": "▸", "new": "◦"}
STATE_WORDS: Mapping[str, str] = {
    "passed": N_("passed"),
    "failed": N_("not yet"),
    "started": N_("started"),
    "new": N_("new"),
}

LINE_MARKS: Mapping[str, str] = {
    "pending": "◦",
    "running": "▸",
    "passed": "✓",
    "failed": "✗",
    "error": "!",
    "not_run": "–",
}
LINE_WORDS: Mapping[str, str] = {
    "pending": N_("pending"),
    "running": N_("running"),
    "passed": N_("passed"),
    "failed": N_("failed"),
    "error": N_("error"),
    "not_run": N_("not run"),
}


def difficulty(level: int) -> str:
    """``▰▰▱▱▱`` for 2 of 5."""
    return "▰" * level + "▱" * (5 - level)

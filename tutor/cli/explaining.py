"""What an error means, and what a comparison found, on paper."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from tutor.cli import paper
from tutor.feedback.compare import Look, compared
from tutor.feedback.explainer import Explanation
from tutor.grading.report import Comparison
from tutor.locale import _

INDENT = 4
PLAIN_COLUMNS = 80
"""Where there is no terminal."""
STYLES: dict[Look, str] = {
    "": "",
    "bold": "bold",
    "dim": "dim",
    "differs": "bold red",
    "heat0": "dim",
    "heat1": "",
    "heat2": "yellow",
    "heat3": "red",
    "heat4": "bold red",
    "heat5": "bold magenta",
}


def say_comparison(comparison: Comparison, message: str) -> None:
    """Below ``message``: what was expected, what came, where they differ."""
    for line in compared(comparison, message, _columns() - INDENT):
        paper.say(" " * INDENT, *((text, STYLES[look]) for text, look in line))


def say_explanation(explanation: Explanation, *, meaning: bool = True) -> None:
    """All of it, or without its general part, which may have been said above."""
    if meaning:
        _say(_("What it means:"), explanation.meaning)
    if explanation.tensors:
        paper.say(" " * INDENT, (_("In your code:"), "bold"))
        for tensor in explanation.tensors:
            _say("", tensor, INDENT + 2)
    if meaning:
        _say(_("Where to look:"), explanation.look)


def _say(label: str, text: str, indent: int = INDENT) -> None:
    for number, row in enumerate(_folded(f"{label} {text}".strip(), _columns() - indent)):
        if label and number == 0 and row.startswith(label):
            paper.say(" " * indent, (label, "bold"), row[len(label) :])
        else:
            paper.say(" " * indent, row)


def _columns() -> int:
    console = paper.terminal()
    return PLAIN_COLUMNS if console is None else console.width


def _folded(text: str, columns: int) -> Iterator[str]:
    """``text`` in rows of at most ``columns`` cells on a terminal; in one row elsewhere."""
    console = paper.terminal()
    if console is None:
        yield text
        return
    from tutor.pages.wrapping import breaks

    text = paper.clean(text)
    ends = [0, *breaks(text, max(columns, 20)), len(text)]
    for start, end in pairwise(ends):
        yield text[start:end].strip()

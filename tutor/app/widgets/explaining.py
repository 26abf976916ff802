"""What an error means, and what a comparison found, on the screen."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from tutor.feedback.compare import Look, compared
from tutor.feedback.explainer import Explanation
from tutor.grading.report import Comparison
from tutor.locale import _

STYLES: dict[Look, str] = {
    "": "",
    "bold": "bold",
    "dim": "$foreground-muted",
    "differs": "bold $text-error",
    "heat0": "$foreground-muted",
    "heat1": "",
    "heat2": "$text-warning",
    "heat3": "$text-error",
    "heat4": "bold $text-error",
    "heat5": "bold $text-accent",
}


def comparison_lines(comparison: Comparison, message: str, width: int) -> Iterator[Content]:
    """Below ``message``: what was expected, what came, where they differ."""
    for line in compared(comparison, message, width):
        yield Content.assemble(*((text, STYLES[look]) for text, look in line))


def explanation_lines(explanation: Explanation, *, meaning: bool = True) -> Iterator[Content]:
    """All of it, or without its general part, which may stand above."""
    if meaning:
        yield Content.assemble((_("What it means:"), "bold"), " ", explanation.meaning)
    if explanation.tensors:
        yield Content.assemble((_("In your code:"), "bold"))
        yield from (Content(f"· {tensor}") for tensor in explanation.tensors)
    if meaning:
        yield Content.assemble((_("Where to look:"), "bold"), " ", explanation.look)

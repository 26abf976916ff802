"""A figure and its bar, in one line: what a training reached is worth knowing after a pass, too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tutor.locale import _

if TYPE_CHECKING:
    from tutor.grading import Figure, RequirementResult


def figure_line(figure: Figure) -> str:
    """``the accuracy: 0.9713 (at least 0.9)``."""
    words = (
        _("{what}: {value} (at least {bar})") if figure.wanted == "at_least" else _("{what}: {value} (at most {bar})")
    )
    what = figure.what[:1].upper() + figure.what[1:]
    return words.format(what=what, value=f"{figure.value:.4g}", bar=f"{figure.bar:.4g}")


def figure_lines(result: RequirementResult) -> Iterator[str]:
    """What was measured for a requirement; without the figure, the last one, that a message already tells of."""
    told = result.figures if result.verdict == "passed" else result.figures[:-1]
    yield from map(figure_line, told)

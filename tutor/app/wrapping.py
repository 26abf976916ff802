"""Japanese in Textual's own widgets: lines broken as ``tutor.pages.wrapping`` breaks them.

Textual breaks lines at spaces only. Japanese has none, so a whole sentence would count as one word: lines would end
far too early, or in the middle of an identifier. Textual has no setting for this. ``install`` replaces the one function
that it asks for the places where to break.
"""

from __future__ import annotations

from rich._wrap import divide_line as at_spaces
from rich.cells import cell_len

from tutor.pages.wrapping import breaks


def divide_line(text: str, width: int, fold: bool = True) -> list[int]:
    """Offsets at which ``text`` is to be broken so that no line takes more than ``width`` cells.

    Args:
        fold: also break what is too long for a line of its own.
    """
    if len(text) == cell_len(text):  # nothing wide in it
        return at_spaces(text, width, fold)
    return breaks(text, width, fold=fold)


def install() -> None:
    """Make every text of the app break its lines so."""
    import textual.content

    textual.content.divide_line = divide_line  # type: ignore[attr-defined]

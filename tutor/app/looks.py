"""Which of textual's themes the app wears."""

from __future__ import annotations

from textual.theme import Theme

WIDE = 110
"""Columns from which panes stand side by side."""
DARK = "textual-dark"
LIGHT = "textual-light"


def other_theme(theme: Theme) -> str:
    """The light theme for a dark one, and the other way round."""
    return LIGHT if theme.dark else DARK
